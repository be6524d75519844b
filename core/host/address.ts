// Hosts and ports as grants and sockets speak of them: one spelling for each, and which addresses are link-local or worse. Pure.
import { isIP } from "node:net";

export interface Destination {
  readonly host: string;
  /** Absent: any port. */
  readonly port?: number;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443, "ws:": 80, "wss:": 443, "smtp:": 25, "smtps:": 465, "ssh:": 22 };

/** Lower case, no trailing dot, IPv6 without brackets; an IPv4 address in any notation becomes dotted decimal. */
const spelt = (host: string): string | undefined => {
  try {
    return new URL(`http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}`).hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "") || undefined;
  } catch {
    return undefined;
  }
};

/** `host`, `host:port`, `[v6]:port`; undefined when it is none of them. */
export const destination = (text: string): Destination | undefined => {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s/@[\]:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const named = bracketed ?? plain ?? (isIP(text) === 6 ? text : undefined);
  const host = named === undefined ? undefined : spelt(named);
  if (host === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return undefined;
  return port === undefined ? { host } : { host, port: Number(port) };
};

/** Where a URL leads, its scheme's port filled in; undefined for a scheme without one or for no URL. */
export const urlDestination = (text: string): Destination | undefined => {
  if (!text.includes("://") || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const port = url.port === "" ? DEFAULT_PORTS[url.protocol] : Number(url.port);
  const host = spelt(url.hostname.replace(/^\[|\]$/g, ""));
  return host === undefined ? undefined : { host, ...(port === undefined ? {} : { port }) };
};

export const written = ({ host, port }: Destination): string => `${host.includes(":") ? `[${host}]` : host}${port === undefined ? "" : `:${port}`}`;

const octets = (host: string): number[] => {
  const mapped = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/.exec(host.toLowerCase());
  if (mapped?.[2] !== undefined) {
    const [high, low] = [Number.parseInt(mapped[2], 16), Number.parseInt(mapped[3] ?? "0", 16)];
    return [high >> 8, high & 255, low >> 8, low & 255];
  }
  const dotted = mapped?.[1] ?? host;
  return isIP(dotted) === 4 ? dotted.split(".").map(Number) : [];
};

const METADATA = new Set(["metadata.google.internal", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"]);

/** Link-local, unspecified, multicast and cloud metadata: reached only when the address itself is granted, never by a name that resolves to it. */
export const isTouchy = (host: string): boolean => {
  const [first, second] = octets(host);
  if (METADATA.has(host)) return true;
  if (first !== undefined) return first === 0 || (first === 169 && second === 254) || first >= 224;
  return isIP(host) === 6 && (host === "::" || /^f(e[89ab]|f)/i.test(host));
};
