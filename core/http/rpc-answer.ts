// POST /api/v1/rpc: one JSON-RPC request in a body, answered 200 with result or error; 204 to a notification; 4xx only for what never reached a method.
import { errorBody, JarvisError } from "../contract/error.ts";
import type { RpcRequest } from "../contract/wire.ts";
import { failedRpc, json } from "./answer.ts";
import { readBody } from "./body.ts";
import type { Who } from "./faces.ts";
import { idOf, isExpected } from "./frames.ts";
import { parseJson } from "./json.ts";
import { asRequest, type Dispatcher, methodNamed } from "./rpc.ts";

type Log = (message: string, data?: Record<string, unknown>) => void;

const told = (log: Log, thrown: unknown): unknown => {
  if (!isExpected(thrown)) log("a request failed inside", { error: String(thrown) });
  return errorBody(thrown);
};

/** A notification (a request without id) is done and not answered, not even with an error: 204. */
const answered = async (dispatcher: Dispatcher, value: unknown, who: Who, log: Log): Promise<Response> => {
  let request: RpcRequest;
  try {
    request = asRequest(value);
  } catch (thrown) {
    return json({ jsonrpc: "2.0", id: idOf(value), error: told(log, thrown) });
  }
  const { id } = request;
  try {
    const result = await dispatcher.dispatch(methodNamed(request.method), request.params, who);
    return id === undefined ? new Response(null, { status: 204 }) : json({ jsonrpc: "2.0", id, result: result ?? null });
  } catch (thrown) {
    const error = told(log, thrown);
    return id === undefined ? new Response(null, { status: 204 }) : json({ jsonrpc: "2.0", id, error });
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
