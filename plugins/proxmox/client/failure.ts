// What went wrong with an answer of Proxmox VE: the one place that turns a status and a text into an error of Jarvis. Decides only; proxmox.md 3 has the model.
import { type ErrorType, type FetchAnswer, JarvisError, z } from "jarvis";

const MAX_WORDS = 300;
const Body = z.object({ message: z.string().optional(), errors: z.record(z.string(), z.unknown()).optional() });

/** Texts of a plain `die` (always status 500) -> what they mean. First match wins. */
const DEATHS: readonly { text: RegExp; type: ErrorType; reason: string }[] = [
  { text: /no quorum|cluster not ready/i, type: "unavailable", reason: "no-quorum" },
  { text: /is locked \(|can't lock file|got lock request timeout/i, type: "unavailable", reason: "locked" },
  { text: /already running/i, type: "upstream", reason: "already-running" },
  { text: /not running/i, type: "upstream", reason: "not-running" },
  { text: /does not exist|no such (?:vm|ct|task|node|storage|guest)|hostname lookup '.*' failed/i, type: "not_found", reason: "not-found" },
];

const plain = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}]+/gu, " ")
    .trim()
    .slice(0, MAX_WORDS);

const parsed = (body: string): z.output<typeof Body> | undefined => {
  try {
    return Body.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
};

/** Parameter errors first, then `message` (8.3 and later), then the status line: the order in which PVE is most exact. */
const words = (answer: FetchAnswer): string => {
  const body = parsed(answer.body);
  const errors = Object.entries(body?.errors ?? {}).map(([key, value]) => `${key}: ${typeof value === "string" ? value.trim() : JSON.stringify(value)}`);
  return plain(errors.length > 0 ? errors.join("; ") : (body?.message ?? answer.statusText)) || `status ${answer.status}`;
};

const looksLikePage = (answer: FetchAnswer): boolean => /^\s*</.test(answer.body);

/** `definitive`: Proxmox itself said no, so nothing was begun. */
const refused = (type: ErrorType, message: string, reason: string, answer: FetchAnswer, definitive = false): JarvisError =>
  new JarvisError(type, { message, data: { reason, upstreamStatus: answer.status, ...(definitive ? { definitive } : {}) } });

const denied = (answer: FetchAnswer): JarvisError => {
  const said = words(answer);
  const [, where = "", privilege = ""] = /\(([^,()]+), ([^()]+)\)/.exec(said) ?? [];
  const lack = where ? `the token lacks ${privilege} on ${where}` : said;
  return refused("upstream_denied", `Proxmox says no: ${lack}.`, "denied", answer);
};

/** The error behind an answer that is not 2xx. `what`: method and path, for the words. */
export const failureOf = (answer: FetchAnswer, what: string): JarvisError => {
  const said = words(answer);
  if (answer.status === 401) return refused("upstream_auth", `Proxmox refused the token (${said}) at ${what}.`, "auth", answer);
  if (answer.status === 403) return denied(answer);
  if (answer.status === 595) return refused("upstream_refused", `The node behind ${what} cannot be reached (${said}).`, "node-unreachable", answer);
  if (answer.status === 596)
    return refused("upstream_timeout", `The node behind ${what} did not answer in time (${said}); what it was asked may still go on.`, "node-timeout", answer);
  if (answer.status === 597 || answer.status === 599) return refused("upstream_timeout", `The connection between the nodes broke at ${what} (${said}).`, "node-broke", answer);
  if (answer.status === 502 || answer.status === 503 || answer.status === 504)
    return refused("upstream_timeout", `Something before Proxmox answered ${answer.status} at ${what}.`, "proxy", answer);
  if (looksLikePage(answer)) return refused("upstream_garbage", `Something that is not the Proxmox API answered ${answer.status} with a page at ${what}.`, "page", answer);
  if (answer.status === 400)
    return /no such task|VM \d+ does not exist/i.test(said)
      ? refused("not_found", `Proxmox knows nothing of that: ${said}.`, "not-found", answer)
      : refused("upstream", `Proxmox refused the parameters of ${what}: ${said}.`, "parameters", answer, true);
  if (answer.status === 404 || answer.status === 501) return refused("upstream", `This Proxmox does not know ${what} (${said}).`, "unknown-path", answer, true);
  if (answer.status >= 300 && answer.status < 400) return refused("upstream_garbage", `${what} was redirected; is the endpoint's scheme right?`, "redirect", answer);
  const death = DEATHS.find(({ text }) => text.test(said));
  // A known `die` comes before any work is begun: it is a no, and not a lost reply.
  return refused(death?.type ?? "upstream", `Proxmox failed at ${what}: ${said}.`, death?.reason ?? "failed", answer, death !== undefined);
};

/** Anything the fetch threw, as an error of Jarvis: an aborted call is one that did not answer in time. */
export const thrown = (error: unknown, what: string): JarvisError => {
  if (error instanceof JarvisError) return error;
  return new JarvisError("upstream_timeout", { message: `${what} was given up before an answer came.`, cause: error });
};

/** The `data` of a good answer. Throws upstream_garbage for what is no JSON object with `data`. */
export const dataOf = (answer: FetchAnswer, what: string): { data: unknown; total?: unknown } => {
  const garbage = (why: string): JarvisError => new JarvisError("upstream_garbage", { message: `${what} answered ${why}.`, data: { reason: "garbage" } });
  if (looksLikePage(answer)) throw garbage("a page instead of JSON");
  let body: unknown;
  try {
    body = JSON.parse(answer.body);
  } catch {
    throw garbage("something that is not whole JSON");
  }
  const whole = z.object({ data: z.unknown(), total: z.unknown().optional() }).safeParse(body);
  if (!whole.success || !(typeof body === "object" && body !== null && "data" in body)) throw garbage("JSON without data");
  return whole.data;
};
