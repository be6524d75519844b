// The one place where a failed exchange with an engine becomes a Jarvis error, in words that name the engine and say what to do.
import { JarvisError } from "jarvis";

const MAX_WORDS = 400;

const codeOf = (cause: unknown): string => (cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "");

/** What went wrong below HTTP: a dead socket, no right to open it, a hang. `where`: the socket's path or the URL. */
export const unreachable = (thrown: unknown, where: string): unknown => {
  if (!(thrown instanceof JarvisError)) return thrown;
  const { data } = thrown.details;
  const more = { cause: thrown, ...(data === undefined ? {} : { data }) };
  if (thrown.type === "upstream_timeout") return new JarvisError("upstream_timeout", { message: `Docker at ${where} did not answer in time.`, ...more });
  if (thrown.type === "upstream_garbage") return new JarvisError("upstream_garbage", { message: `What answers at ${where} is not a Docker engine: ${thrown.message}`, ...more });
  if (thrown.type !== "upstream_refused") return thrown;
  if (["EACCES", "EPERM"].includes(codeOf(thrown.details.cause)))
    return new JarvisError("upstream_denied", { message: `Jarvis may not open ${where}: add its user to the group that owns the socket (usually docker).`, ...more });
  return new JarvisError("upstream_refused", { message: `No Docker at ${where}: ${thrown.message}`, ...more });
};

const messageOf = (body: string): string => {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed && typeof parsed.message === "string") return parsed.message.slice(0, MAX_WORDS);
  } catch {
    // A proxy or an old engine answers in plain words.
  }
  return body.trim().slice(0, MAX_WORDS);
};

/** An answer that is none of the expected statuses. The engine's own words are kept: they name the container and the reason. */
export const refusal = (status: number, body: string, where: string): JarvisError => {
  const words = messageOf(body) || `status ${status}`;
  const data = { status };
  if (status === 404) return new JarvisError("not_found", { message: `Docker at ${where}: ${words}`, data });
  if (status === 401) return new JarvisError("upstream_auth", { message: `Docker at ${where} wants a credential: ${words}`, data });
  if (status === 403) return new JarvisError("upstream_denied", { message: `Docker at ${where} does not allow that: ${words}`, data });
  if (status === 409) return new JarvisError("upstream", { message: `Docker at ${where} says it conflicts with how things are: ${words}`, data });
  if (status === 400) return new JarvisError("upstream", { message: `Docker at ${where} refused the request: ${words}`, data });
  if (status >= 500) return new JarvisError("upstream", { message: `Docker at ${where} failed: ${words}`, data });
  return new JarvisError("upstream_garbage", { message: `Docker at ${where} answered ${status}, which makes no sense here: ${words}`, data });
};

export const nonsense = (where: string, what: string): JarvisError => new JarvisError("upstream_garbage", { message: `Docker at ${where}: ${what.slice(0, MAX_WORDS)}` });
