// Turns a URL and its init into a checked route and request head: only http(s), only what is granted, no header that would redirect the request.
import type { FetchInit } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import { urlDestination, written } from "./address.ts";
import { isFingerprint, type Route } from "./dial.ts";
import { allows, allowsAddress, type Grant } from "./grant.ts";
import { grantedPath } from "./path-grant.ts";

const LONGEST_URL = 8192;
const MOST_BODY_BYTES = 4 * 1024 * 1024;
/** Framing and routing belong to the host: a plugin that set them could speak to another virtual host than the one granted. */
const OURS = new Set(["host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "expect", "keep-alive", "accept-encoding"]);

export interface RequestHead {
  readonly route: Route;
  readonly where: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | undefined;
}

/** Throws JarvisError bad_input or permission; touches no network. */
export const planRequest = async (grant: Grant, text: string, init: FetchInit): Promise<RequestHead> => {
  const url = parsed(text);
  const body = init.body === undefined ? undefined : Buffer.from(init.body, "utf8");
  if (body !== undefined && body.length > MOST_BODY_BYTES)
    throw new JarvisError("too_large", { message: `A request's body may hold ${MOST_BODY_BYTES} bytes, not ${body.length}.` });
  const method = (init.method ?? "GET").toUpperCase();
  if (!/^[A-Z]{1,20}$/.test(method) || method === "CONNECT" || method === "TRACE") throw new JarvisError("bad_input", { message: `${method} is no method a plugin may send.` });
  const route = await routed(grant, url, init);
  const where = init.unix ?? written({ host: route.host, port: route.port });
  return { route, where, method, path: `${url.pathname}${url.search}`, headers: headed(url, init.headers ?? {}, body), body };
};

const parsed = (text: string): URL => {
  if (text.length > LONGEST_URL || !URL.canParse(text)) throw new JarvisError("bad_input", { message: "That is not a URL." });
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new JarvisError("bad_input", { message: `Only http and https are fetched, not ${url.protocol}` });
  if (url.username !== "" || url.password !== "") throw new JarvisError("bad_input", { message: "Credentials belong in a header, not in the URL." });
  return url;
};

const routed = async (grant: Grant, url: URL, init: FetchInit): Promise<Route> => {
  const secure = url.protocol === "https:";
  const { host, port = secure ? 443 : 80 } = urlDestination(url.href) ?? { host: "" };
  if (init.unix !== undefined) {
    const unix = await grantedPath(grant, "unix", init.unix);
    if (unix === undefined) throw ungranted(`unix:${init.unix}`);
    return { host, port, secure: false, unix, mayReach: () => true };
  }
  const value = written({ host, port });
  if (!allows(grant, "net", value)) throw ungranted(value);
  if (init.tls !== undefined && !secure) throw new JarvisError("bad_input", { message: "tls is given, but the URL begins with http://." });
  if (init.tls?.fingerprint !== undefined && !isFingerprint(init.tls.fingerprint)) {
    throw new JarvisError("configuration", { message: "A fingerprint is the SHA-256 of the certificate: 32 pairs of hex digits parted by colons." });
  }
  return { host, port, secure, ...(init.tls === undefined ? {} : { tls: init.tls }), mayReach: (address) => allowsAddress(grant, address, port) };
};

const ungranted = (value: string): JarvisError => new JarvisError("permission", { message: `This plugin was not granted net: ${value}.`, data: { permission: "net", value } });

const headed = (url: URL, given: Record<string, string>, body: Buffer | undefined): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (OURS.has(name.toLowerCase()) || name.toLowerCase().startsWith("proxy-")) throw new JarvisError("bad_input", { message: `The header ${name} is set by Jarvis itself.` });
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[\r\n\0]/.test(value)) throw new JarvisError("bad_input", { message: `The header ${name.slice(0, 60)} is malformed.` });
    headers[name] = value;
  }
  return { ...headers, host: url.host, ...(body === undefined ? {} : { "content-length": String(body.length) }) };
};
