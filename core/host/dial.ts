// Opens the one kind of socket plugins talk through: TCP, TLS or unix, with address and certificate checked before the first byte of a request.
import { createHash } from "node:crypto";
import { lookup } from "node:dns/promises";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { FetchInit } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";

const LONGEST_CONNECT_MS = 60_000;

export interface Route {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly unix?: string;
  readonly tls?: FetchInit["tls"];
  /** Asked about every address a name resolves to. */
  readonly mayReach: (address: string) => boolean;
}

/** A connected, checked socket. Throws JarvisError permission, upstream_tls, or the system's own error (upstream-error.ts says it in words). */
export const dial = async (route: Route): Promise<Socket> => {
  if (route.unix !== undefined) return connected(connectPlain({ path: route.unix }), "connect");
  const address = await resolved(route);
  if (!route.secure) return connected(connectPlain({ host: address, port: route.port }), "connect");
  return dialSecure(route, address);
};

const resolved = async ({ host, mayReach }: Route): Promise<string> => {
  const address = isIP(host) ? host : (await lookup(host)).address;
  if (mayReach(address)) return address;
  throw new JarvisError("permission", { message: `${host} leads to ${address}, an address that must be granted itself (net: ${address}).` });
};

/** With a pin the certificate itself is the proof; without one the CA and the name are. There is no third way. */
const dialSecure = async ({ host, port, tls }: Route, address: string): Promise<TLSSocket> => {
  const pin = tls?.fingerprint;
  const socket = connectTls({
    host: address,
    port,
    ...(isIP(host) ? {} : { servername: host }),
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
    rejectUnauthorized: pin === undefined || tls?.ca !== undefined,
    ALPNProtocols: ["http/1.1"],
  });
  await connected(socket, "secureConnect");
  if (pin === undefined) return socket;
  const shown = socket.getPeerCertificate().raw;
  if (shown !== undefined && fingerprintOf(shown) === normal(pin)) return socket;
  socket.destroy();
  const found = shown === undefined ? "no certificate" : colons(fingerprintOf(shown));
  const pinned = colons(normal(pin));
  throw new JarvisError("upstream_tls", {
    message: `${host}:${port} shows the certificate ${found}, pinned is ${pinned}. Nothing was sent.`,
    data: { sent: false, seen: found, pinned },
  });
};

const fingerprintOf = (der: Uint8Array): string => createHash("sha256").update(der).digest("hex");
const normal = (pin: string): string =>
  pin
    .replace(/^sha256:/i, "")
    .replaceAll(":", "")
    .toLowerCase();
const colons = (hex: string): string => (hex.toUpperCase().match(/../g) ?? []).join(":");

export const isFingerprint = (text: string): boolean => /^[0-9a-f]{64}$/.test(normal(text));

const connected = <S extends Socket>(socket: S, event: "connect" | "secureConnect"): Promise<S> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const late = (): void => fail(Object.assign(new Error("no connection in time"), { code: "ETIMEDOUT" }));
    const close = (): void => fail(Object.assign(new Error("closed while connecting"), { code: "ECONNRESET" }));
    socket.once("error", fail);
    socket.once("close", close);
    socket.setTimeout(LONGEST_CONNECT_MS, late);
    socket.once(event, () => {
      socket.off("error", fail);
      socket.off("close", close);
      socket.off("timeout", late);
      socket.setTimeout(0);
      // From here the request listens; an error between two requests must not end the process.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
