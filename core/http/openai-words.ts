// What /v1 calls things: its one model, and errors in OpenAI's shape. Pure.
import { errorBody, httpStatus } from "../contract/error.ts";

export const MODEL = "jarvis";

const kindOf = (status: number): string =>
  status === 401 ? "authentication_error" : status === 429 ? "rate_limit_error" : status >= 500 ? "server_error" : "invalid_request_error";

/** `{error: {message, type, param, code}}`. */
export const openaiError = (thrown: unknown): { error: { message: string; type: string; param: string | null; code: string } } => {
  const { message, data } = errorBody(thrown);
  return { error: { message, type: kindOf(httpStatus(thrown)), param: data.path ?? null, code: data.type === "unauthorised" ? "invalid_api_key" : data.type } };
};
