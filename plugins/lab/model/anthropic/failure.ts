// How the Messages API refuses: its error words with the status each has.
import { type Call, reply } from "../call.ts";

const STATUS = {
  invalid_request_error: 400,
  authentication_error: 401,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  overloaded_error: 529,
} as const;
type Kind = keyof typeof STATUS;

export interface Failure extends Error {
  kind: Kind;
}

export const failure = (kind: Kind, message: string): Failure => Object.assign(new Error(message), { kind });
export const isFailure = (thrown: unknown): thrown is Failure => thrown instanceof Error && "kind" in thrown;

export const errorBody = (kind: Kind, message: string, request: string): unknown => ({ type: "error", error: { type: kind, message }, request_id: request });

export const replyFailure = (call: Call, thrown: unknown, request: string, headers: Readonly<Record<string, string>> = {}): void => {
  const known = isFailure(thrown) ? thrown : failure("api_error", "Internal server error");
  reply(call, STATUS[known.kind], errorBody(known.kind, known.message, request), { "request-id": request, ...headers });
};
