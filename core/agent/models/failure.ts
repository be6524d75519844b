// From whatever an SDK, a socket or a server answers to one of the faults of a model, in words a person can act on. Throws nothing.
import type { ModelEvent, ModelFault } from "./model.ts";

export type Failed = Extract<ModelEvent, { kind: "failed" }> & {
  /** How long the server asked us to wait. */
  waitMs?: number | undefined;
};

const MOST_WORDS = 300;
const MOST_CAUSES = 5;

/** On one line and bounded: it comes from outside. */
export const brief = (text: string, most = MOST_WORDS): string => {
  const plain = [...text.slice(0, most * 4)].map((mark) => (mark < " " || mark === "\u007f" ? " " : mark)).join("");
  const line = plain.replaceAll(/\s+/g, " ").trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
};

export const failed = (fault: ModelFault, words: string, isRetryable = false, waitMs?: number): Failed => ({
  kind: "failed",
  fault,
  words,
  isRetryable,
  ...(waitMs === undefined ? {} : { waitMs }),
});

/** Thrown by our own reading of an answer, so that it needs no guessing. */
export class ModelTrouble extends Error {
  readonly failed: Failed;
  constructor(told: Failed) {
    super(told.words);
    this.failed = told;
  }
}

const field = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && key in value ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;
const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** The server's own words and word of type, wherever its dialect puts them. */
const toldBy = (thrown: unknown): { words: string; type: string } => {
  const body = field(thrown, "error");
  const inner = field(body, "error") ?? body;
  const words = textOf(field(inner, "message")) ?? textOf(field(body, "message")) ?? textOf(inner) ?? textOf(field(thrown, "message")) ?? "";
  const type = [field(inner, "type"), field(inner, "code"), field(thrown, "type"), field(thrown, "code")].map(textOf).find((one) => one !== undefined) ?? "";
  return { words: brief(words), type };
};

const causes = (thrown: unknown): string => {
  const all: string[] = [];
  for (let at = thrown, depth = 0; at !== undefined && at !== null && depth < MOST_CAUSES; at = field(at, "cause"), depth += 1)
    all.push([field(at, "name"), field(at, "code"), field(at, "message")].map(textOf).filter(Boolean).join(" "));
  return all.join(" ");
};

/** Seconds or a date, as RFC 9110 10.2.3 has it; `retry-after-ms` where a server is that exact. */
export const waitOf = (headers: unknown, nowMs: number): number | undefined => {
  if (!(headers instanceof Headers)) return undefined;
  const exact = Number(headers.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  const given = headers.get("retry-after");
  if (given === null || given === "") return undefined;
  const seconds = Number(given);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : undefined;
  const at = Date.parse(given);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
};

const OVERFLOW = /exceed_context_size|context_length_exceeded|prompt is too long|context (?:size|length|window)|maximum context|too many tokens/i;
const BROKE = /credit balance|billing|insufficient_quota|payment/i;
const NO_MODEL = /model.{0,60}(?:not found|does not exist|not exist|not loaded)|not_found_error|model_not_found/i;
const UNREACHED =
  /ConnectionRefused|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ConnectionClosed|ECONNRESET|FailedToOpenSocket|EHOSTUNREACH|ENETUNREACH|Unable to connect|socket connection was closed|Connection error|terminated/i;
const UNTRUSTED = /CERT|certificate|self.signed|SSL|TLS/;
const UNREAD = /JSON|parse|Unexpected|SyntaxError|Decompress|ZlibError/i;

interface At {
  /** The address, for the words. */
  at: string;
  model: string;
  nowMs: number;
}

const byStatus = (status: number, { words, type }: { words: string; type: string }, { at, model }: At): Failed => {
  const said = words ? `: ${words}` : "";
  if (BROKE.test(`${type} ${words}`)) return failed("budget", `${at} says the account has no credit left${said}`);
  if (status === 401 || status === 403) return failed("auth", `${at} refuses the key (${status})${said}. Put a valid one where models: in jarvis.yaml takes it from`);
  if (OVERFLOW.test(`${type} ${words}`) || status === 413) return failed("overflow", `the conversation is longer than ${model} holds${said}`);
  if (status === 404 || NO_MODEL.test(`${type} ${words}`)) return failed("absent", `${at} has no ${model} (${status})${said}. Look at model: and baseUrl: in jarvis.yaml`);
  if (status === 429) return failed("rate", `${at} asks for fewer requests (429)${said}`, true);
  if (status === 408 || status === 504) return failed("timeout", `${at} gave up waiting (${status})${said}`, true);
  if (status === 529 || status === 503) return failed("overloaded", `${at} is overloaded or still loading (${status})${said}`, true);
  if (status >= 500) return failed("overloaded", `${at} failed (${status})${said}`, true);
  if (status >= 300 && status < 400)
    return failed("absent", `${at} answers with a redirect (${status}), which is not followed: the key must not go elsewhere. Put the final address into baseUrl:`);
  return failed("malformed", `${at} refuses the request (${status})${said}`);
};

/** Words of an error in the middle of a stream. */
const byType = (told: { words: string; type: string }, where: At): Failed | undefined => {
  const status = {
    overloaded_error: 529,
    rate_limit_error: 429,
    api_error: 500,
    authentication_error: 401,
    permission_error: 403,
    not_found_error: 404,
    timeout_error: 504,
    server_error: 500,
    unavailable_error: 503,
  };
  const found = Object.entries(status).find(([type]) => type === told.type);
  if (found) return byStatus(found[1], told, where);
  return OVERFLOW.test(`${told.type} ${told.words}`) || BROKE.test(`${told.type} ${told.words}`) ? byStatus(400, told, where) : undefined;
};

export const failureOf = (thrown: unknown, where: At): Failed => {
  // An SDK wraps what its fetch threw.
  for (let at = thrown, depth = 0; depth < MOST_CAUSES; at = field(at, "cause"), depth += 1) if (at instanceof ModelTrouble) return at.failed;
  const told = toldBy(thrown);
  const status = field(thrown, "status");
  if (typeof status === "number") return { ...byStatus(status, told, where), waitMs: waitOf(field(thrown, "headers"), where.nowMs) };
  const known = byType(told, where);
  if (known) return known;
  const why = causes(thrown);
  if (UNTRUSTED.test(why)) return failed("absent", `${where.at}: its certificate is not trusted (${brief(why, 120)})`);
  if (UNREACHED.test(why)) return failed("absent", `${where.at} cannot be reached: nothing answers there, or the connection broke`, true);
  if (UNREAD.test(why)) return failed("malformed", `${where.at} sends what is no answer of a model (${brief(why, 120)})`, true);
  return failed("malformed", `${where.at} failed in a way nobody foresaw${told.words ? `: ${told.words}` : ""}`, true);
};

/** The field of a request a server refuses, of those that can be left out. */
export const refusedField = (thrown: unknown, fields: readonly string[]): string | undefined => {
  if (field(thrown, "status") !== 400 && field(thrown, "status") !== 422) return undefined;
  const { words } = toldBy(thrown);
  return fields.find((name) => words.includes(name));
};
