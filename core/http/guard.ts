// Who may even knock: Host and Origin against the exact lists of DESIGN 2. Pure; refuses by answering why.

export interface Names {
  /** `server.host` as configured. */
  readonly host: string;
  readonly names: readonly string[];
  readonly port: number;
  readonly secure: boolean;
}

export interface Knock {
  /** The Host header as sent (two come joined by a comma). */
  readonly host: string | null;
  readonly origin: string | null;
  /** Came through a proxy that `server.trustProxy` lists: what it says it was asked for. */
  readonly forwarded?: { readonly host: string | null; readonly proto: string | null };
}

const bracketed = (host: string): string => (host.includes(":") && !host.startsWith("[") ? `[${host}]` : host).toLowerCase();

/** Every `host:port` that is ours; the bare name too where our port is the scheme's own. */
const ownHosts = (names: Names): ReadonlySet<string> => {
  const all = ["127.0.0.1", "localhost", "[::1]", names.host, ...names.names].map(bracketed);
  const usual = names.port === (names.secure ? 443 : 80);
  return new Set(all.flatMap((host) => (usual ? [host, `${host}:${names.port}`] : [`${host}:${names.port}`])));
};

/** What a trusted proxy may have been asked for: our names on the scheme's own port, or ours. */
const proxiedHosts = (names: Names): ReadonlySet<string> => new Set([...ownHosts(names), ...names.names.map(bracketed)]);

/** Undefined when the knock may come in, else the reason in words. */
export const refusal = (knock: Knock, names: Names): string | undefined => {
  const proxied = knock.forwarded;
  const hosts = proxied === undefined ? ownHosts(names) : proxiedHosts(names);
  const host = (proxied?.host ?? knock.host)?.toLowerCase();
  if (host === undefined || !hosts.has(host)) return "This Host is not one of ours; add it to server.names.";
  if (knock.origin === null) return undefined;
  const secure = proxied === undefined ? names.secure : proxied.proto === "https";
  const scheme = secure ? "https" : "http";
  const own = [...hosts].some((known) => knock.origin?.toLowerCase() === `${scheme}://${known}`);
  return own ? undefined : "A foreign Origin may not come in.";
};
