// Answers of the edge: JSON, and errors as the one table says them. Elysia's own bodies never leave.
import { errorBody, httpStatus, JarvisError } from "../contract/error.ts";

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json; charset=utf-8", ...headers } });

const retryAfter = (thrown: unknown): Record<string, string> => {
  const seconds = thrown instanceof JarvisError ? thrown.details.data?.retryAfterSeconds : undefined;
  return typeof seconds === "number" ? { "retry-after": String(seconds) } : {};
};

/** `{code, message, data}` with the status of its row. */
export const failed = (thrown: unknown, status = httpStatus(thrown)): Response => json(errorBody(thrown), status, retryAfter(thrown));

/** The same inside a JSON-RPC envelope, for /api/v1/rpc. */
export const failedRpc = (thrown: unknown, status = httpStatus(thrown)): Response => json({ jsonrpc: "2.0", id: null, error: errorBody(thrown) }, status, retryAfter(thrown));

export const tooOften = (seconds: number): JarvisError =>
  new JarvisError("rate", { message: `Too many requests; try again in ${seconds} s.`, data: { retryAfterSeconds: seconds } });
