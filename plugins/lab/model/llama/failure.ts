// How llama-server refuses: a status, a word for its kind, a sentence, sometimes figures.
import { type Call, reply } from "../call.ts";

const STATUS = {
  invalid_request_error: 400,
  exceed_context_size_error: 400,
  authentication_error: 401,
  not_found_error: 404,
  rate_limit_error: 429,
  server_error: 500,
  not_supported_error: 501,
  unavailable_error: 503,
} as const;
type Kind = keyof typeof STATUS;

export interface Failure extends Error {
  kind: Kind;
  more: Readonly<Record<string, number>>;
}

export const failure = (kind: Kind, message: string, more: Readonly<Record<string, number>> = {}): Failure => Object.assign(new Error(message), { kind, more });
const isFailure = (thrown: unknown): thrown is Failure => thrown instanceof Error && "kind" in thrown && "more" in thrown;

export const replyFailure = (call: Call, thrown: unknown, headers: Readonly<Record<string, string>> = {}, status?: number): void => {
  const known = isFailure(thrown) ? thrown : failure("server_error", thrown instanceof Error ? thrown.message : String(thrown));
  const code = status ?? STATUS[known.kind];
  reply(call, code, { error: { code, message: known.message, type: known.kind, ...known.more } }, headers);
};
