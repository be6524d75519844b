// POST /api/v1/rpc: one JSON-RPC request in a body, answered 200 with result or error; 4xx only for what never reached a method.
import { errorBody, JarvisError } from "../contract/error.ts";
import { failedRpc, json } from "./answer.ts";
import { readBody } from "./body.ts";
import type { Who } from "./faces.ts";
import { idOf, isExpected } from "./frames.ts";
import { parseJson } from "./json.ts";
import { asRequest, type Dispatcher, methodNamed } from "./rpc.ts";

type Log = (message: string, data?: Record<string, unknown>) => void;

const answered = async (dispatcher: Dispatcher, value: unknown, who: Who, log: Log): Promise<Response> => {
  const id = idOf(value);
  try {
    const request = asRequest(value);
    const result = await dispatcher.dispatch(methodNamed(request.method), request.params, who);
    return json({ jsonrpc: "2.0", id, result: result ?? null });
  } catch (thrown) {
    if (!isExpected(thrown)) log("a request failed inside", { error: String(thrown) });
    return json({ jsonrpc: "2.0", id, error: errorBody(thrown) });
  }
};

export const answerRpc = async (dispatcher: Dispatcher, request: Request, who: Who, log: Log): Promise<Response> => {
  let value: unknown;
  try {
    value = parseJson(await readBody(request));
  } catch (thrown) {
    if (!(thrown instanceof JarvisError)) log("a body could not be read", { error: String(thrown) });
    return failedRpc(thrown instanceof JarvisError ? thrown : new JarvisError("invalid_request", { message: "The body could not be read." }));
  }
  return answered(dispatcher, value, who, log);
};
