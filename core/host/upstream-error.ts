// Says a failed connection or answer as one of the upstream errors, in words that name the other side. Pure.
import { JarvisError } from "../contract/error.ts";

const REFUSED: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there (connection refused)",
  ECONNRESET: "it closed the connection",
  EPIPE: "it closed the connection",
  ENOTFOUND: "that name does not resolve",
  EAI_AGAIN: "that name does not resolve now",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no route to it",
  EADDRNOTAVAIL: "there is no route to it",
  ENOENT: "that socket does not exist",
  EACCES: "this user may not open that socket",
  EPERM: "this user may not open that socket",
  ENOTSOCK: "that is no socket",
};

const code = (thrown: unknown): string => (thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : "");
const words = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 300);

/** `sent` tells whether any byte of the request can have left: only then may the other side have acted on it. */
export const upstreamError = (thrown: unknown, where: string, sent: boolean): JarvisError => {
  if (thrown instanceof JarvisError) return thrown;
  const [known, data] = [code(thrown), { sent }];
  const refused = REFUSED[known];
  if (refused !== undefined) return new JarvisError("upstream_refused", { message: `${where} could not be reached: ${refused}.`, data, cause: thrown });
  if (known === "ETIMEDOUT") return new JarvisError("upstream_timeout", { message: `${where} did not answer in time.`, data, cause: thrown });
  if (known.startsWith("HPE_") || known.startsWith("Z_"))
    return new JarvisError("upstream_garbage", { message: `${where} answered something that is not HTTP (${words(thrown)}).`, data, cause: thrown });
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO|ALTNAME/i.test(known) || /certificate|ssl|tls/i.test(words(thrown))) {
    return new JarvisError("upstream_tls", {
      message: `${where} could not prove who it is: ${words(thrown)}. Pin its certificate (fingerprint) or name its CA.`,
      data,
      cause: thrown,
    });
  }
  return new JarvisError("upstream_refused", { message: `${where} failed: ${words(thrown)}.`, data, cause: thrown });
};

export const timedOut = (where: string, timeoutMs: number, sent: boolean): JarvisError =>
  new JarvisError("upstream_timeout", { message: `${where} did not answer within ${timeoutMs / 1000} s.`, data: { sent } });

export const tooMuch = (where: string, maxBytes: number): JarvisError => new JarvisError("upstream_garbage", { message: `${where} sent more than the ${maxBytes} bytes allowed.` });
