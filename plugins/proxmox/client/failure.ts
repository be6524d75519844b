// What went wrong with an answer of Proxmox VE: the one place that turns a status and a text into an error of Jarvis, with the fix. Decides only; proxmox.md 3 has the model.
import { type ErrorType, type FetchAnswer, JarvisError, z } from "jarvis";
import { type Asked, callOf, guestOf, isTask } from "./asked.ts";
import { authFailure } from "./auth-failure.ts";
import { nodeOf } from "./path.ts";

const MAX_WORDS = 300;
const Body = z.object({ message: z.string().optional(), errors: z.record(z.string(), z.unknown()).optional() });

type Reason = { type: ErrorType; reason: string };

/** Texts of a plain `die` (always status 500) -> what they mean. First match wins. */
const DEATHS: readonly (Reason & { text: RegExp })[] = [
  { text: /Unable to load access control list|RPCEnvironment init request failed/i, type: "unavailable", reason: "no-files" },
  { text: /no quorum|cluster not ready/i, type: "unavailable", reason: "no-quorum" },
  { text: /is locked \(|can't lock file|got lock request timeout/i, type: "unavailable", reason: "locked" },
  { text: /checksum mismatch|detected modified configuration/i, type: "unavailable", reason: "changed-meanwhile" },
  { text: /already running/i, type: "upstream", reason: "already-running" },
  { text: /not running/i, type: "upstream", reason: "not-running" },
  { text: /hostname lookup '.*' failed/i, type: "not_found", reason: "unknown-node" },
  { text: /ha groups have been migrated to rules/i, type: "upstream", reason: "unknown-path" },
  { text: /does not exist|no such (?:vm|ct|task|node|storage|guest)/i, type: "not_found", reason: "not-found" },
];

export const plain = (text: string): string =>
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
export const words = (answer: FetchAnswer): string => {
  const body = parsed(answer.body);
  const errors = Object.entries(body?.errors ?? {}).map(([key, value]) => `${key}: ${typeof value === "string" ? value.trim() : JSON.stringify(value)}`);
  return plain(errors.length > 0 ? errors.join("; ") : (body?.message ?? answer.statusText)) || `status ${answer.status}`;
};

export const looksLikePage = (answer: FetchAnswer): boolean => /^\s*</.test(answer.body);

/** What a stranger says of itself: the title of its page, or its Server header. */
const selfOf = (answer: FetchAnswer): string => {
  const title = plain(/<title[^>]*>([^<]{1,100})/i.exec(answer.body)?.[1] ?? "");
  const server = plain(answer.headers.server ?? "");
  return [title === "" ? "" : `titled "${title}"`, server === "" ? "" : `by ${server}`].filter((part) => part !== "").join(", ");
};

export const strange = (answer: FetchAnswer, asked: Asked, what: string, reason: string): JarvisError => {
  const self = selfOf(answer);
  return new JarvisError("upstream_garbage", {
    message: `${asked.origin} answered ${what}${self === "" ? "" : ` (${self})`} to ${callOf(asked)}, which no Proxmox VE does. Does plugins.proxmox.endpoints name a node's API (https, port 8006), and nothing in front of it?`,
    data: { reason, upstreamStatus: answer.status, endpoint: asked.origin },
  });
};

const tell = (answer: FetchAnswer, { type, reason }: Reason, message: string, more: Record<string, unknown> = {}): JarvisError =>
  new JarvisError(type, { message, data: { reason, upstreamStatus: answer.status, ...more } });

/** Proxmox itself said no, so nothing was begun. */
const DEFINITIVE = { definitive: true };

/** What is not there, and what that means for whoever asked. */
const absent = (answer: FetchAnswer, said: string, asked: Asked, reason: string): JarvisError => {
  const [guest, node] = [guestOf(asked.path), nodeOf(asked.path) ?? /hostname lookup '([^']*)'/i.exec(said)?.[1]];
  if (reason === "unknown-node")
    return tell(
      answer,
      { type: "not_found", reason },
      isTask(asked.path)
        ? `The task belongs to ${node}, which is no node of this cluster any more; how it ended cannot be read here (${said}).`
        : `There is no node ${node} in this cluster: removed, renamed, or its name does not resolve on the node that was asked (${said}). \`pvecm nodes\` lists them.`,
      { ...DEFINITIVE, node },
    );
  if (guest && /Configuration file|no such (?:vm|ct)|VM \d+ does not exist/i.test(said))
    return tell(
      answer,
      { type: "not_found", reason: "not-there" },
      `Guest ${guest.vmid} is not on ${guest.node}: it has moved to another node or was removed; look it up again (${said}).`,
      { ...DEFINITIVE, ...guest },
    );
  if (isTask(asked.path))
    return tell(answer, { type: "not_found", reason }, `${node} knows no such task: its log was rotated away, or it never began (${said}).`, { ...DEFINITIVE, node });
  return tell(answer, { type: "not_found", reason }, `Proxmox knows nothing of that: ${said}.`, DEFINITIVE);
};

/** Work of the guest's agent on its file systems: of big disks it takes minutes. */
const AGENT_WORK = /\/agent\/fs(?:trim|freeze-(?:freeze|thaw))$/;

/** 59x: the node that was asked lives, and says what became of its own call to another one. */
const behind = (answer: FetchAnswer, said: string, asked: Asked): JarvisError => {
  const node = nodeOf(asked.path) ?? "the node behind it";
  const more = { node, endpoint: asked.origin };
  const call = callOf(asked);
  if (answer.status === 595)
    return tell(
      answer,
      { type: "upstream_refused", reason: "node-unreachable" },
      `${node} cannot be reached from ${asked.origin}, which itself answers (${said}), at ${call}.`,
      more,
    );
  if (answer.status === 596)
    return tell(
      answer,
      { type: "upstream_timeout", reason: "node-timeout" },
      `${node} did not answer ${asked.origin} in time (${said}) at ${call}; ${AGENT_WORK.test(asked.path) && /timed? ?out/i.test(said) ? "Proxmox waits 30 s for a guest's agent, and what takes longer goes on inside the guest" : "what it was asked may still go on"}.`,
      more,
    );
  return tell(answer, { type: "upstream_timeout", reason: "node-broke" }, `The connection between ${asked.origin} and ${node} broke at ${call} (${said}).`, more);
};

const died = (answer: FetchAnswer, said: string, asked: Asked): JarvisError => {
  const death = DEATHS.find(({ text }) => text.test(said));
  if (death?.type === "not_found") return absent(answer, said, asked, death.reason);
  const meanwhile = death?.reason === "changed-meanwhile" ? " Somebody else changed it since it was read; nothing was written. Read it again and decide anew." : "";
  // Who asked could not even be looked up: it is the node in the path, or the one that was asked.
  const whose = death?.reason === "no-files" ? { node: nodeOf(asked.path) } : {};
  // A known `die` comes before any work is begun: it is a no, and not a lost reply.
  const more = death === undefined ? {} : { ...DEFINITIVE, ...whose };
  return tell(answer, death ?? { type: "upstream", reason: "failed" }, `Proxmox failed at ${callOf(asked)}: ${said}.${meanwhile}`, more);
};

/** The error behind an answer that is not 2xx. */
export const failureOf = (answer: FetchAnswer, asked: Asked): JarvisError => {
  const [said, call] = [words(answer), callOf(asked)];
  const { status } = answer;
  if (status === 401 || status === 403) return authFailure(answer, said, asked);
  if (status === 595 || status === 596 || status === 597 || status === 599) return behind(answer, said, asked);
  if (status === 502 || status === 503 || status === 504)
    return tell(answer, { type: "upstream_timeout", reason: "proxy" }, `Something before Proxmox answered ${status} at ${call} (${asked.origin}).`, { endpoint: asked.origin });
  if (looksLikePage(answer)) return strange(answer, asked, `${status} with a page`, "page");
  if (status === 400)
    return /no such task|VM \d+ does not exist/i.test(said)
      ? absent(answer, said, asked, "not-found")
      : tell(answer, { type: "upstream", reason: "parameters" }, `Proxmox refused the parameters of ${call}: ${said}.`, DEFINITIVE);
  if (status === 404 && !answer.body.includes('"data"')) return strange(answer, asked, "404 (not found)", "not-proxmox");
  if (status === 404 || status === 501)
    return tell(answer, { type: "upstream", reason: "unknown-path" }, `This Proxmox does not know ${call} (${said}); another release may.`, DEFINITIVE);
  if (status >= 300 && status < 400) return strange(answer, asked, `${status} (redirected${answer.headers.location ? ` to ${plain(answer.headers.location)}` : ""})`, "redirect");
  return died(answer, said, asked);
};

/** The `data` of a good answer. Throws upstream_garbage for what is no JSON object with `data`. */
export const dataOf = (answer: FetchAnswer, asked: Asked): { data: unknown; total?: unknown } => {
  if (looksLikePage(answer)) throw strange(answer, asked, "a page instead of JSON", "page");
  let body: unknown;
  try {
    body = JSON.parse(answer.body);
  } catch {
    throw strange(answer, asked, "something that is not whole JSON", "garbage");
  }
  const whole = z.object({ data: z.unknown(), total: z.unknown().optional() }).safeParse(body);
  if (!whole.success || !(typeof body === "object" && body !== null && "data" in body)) throw strange(answer, asked, "JSON without data", "not-proxmox");
  return whole.data;
};
