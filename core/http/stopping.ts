// Whether a request asks to stop: holding everything, in a method or in words, or ending an answer. Such a one is never refused for how often or how much. Judges only what is small; runs nothing.
import type { RpcRequest } from "../contract/wire.ts";
import { asksToHold, HOLD_TOOL } from "../mcp/hold-tool.ts";
import { parseJson } from "./json.ts";
import { asRequest } from "./rpc.ts";

/** Longer than any wish to stop is written. */
const MOST_BYTES = 4096;
const MAY_STOP = new RegExp(`"(?:kill|chat\\.stop|chat\\.send|${HOLD_TOOL})"`);

/** Whether a chat message holds everything. What reads sentences is loaded with the first that may. */
export const saysStop = async (text: string): Promise<boolean> => {
  if (text.length > MOST_BYTES) return false;
  const { readHouseWish } = await import("../agent/reflex/house-wish.ts");
  return readHouseWish(text)?.kind === "hold";
};

export const asksToStop = async ({ method, params }: Pick<RpcRequest, "method" | "params">): Promise<boolean> => {
  if (method === "kill" || method === "chat.stop") return true;
  if (method !== "chat.send" || typeof params !== "object" || params === null || !("text" in params)) return false;
  return typeof params.text === "string" && saysStop(params.text);
};

/** A request in a frame or body that may be one to stop; undefined: it is none, for sure. */
export const perhapsStop = (text: string): RpcRequest | undefined => {
  if (text.length > MOST_BYTES || !MAY_STOP.test(text)) return undefined;
  try {
    return asRequest(parseJson(text));
  } catch {
    return undefined;
  }
};

/** The same of an HTTP request, whose body is left to be read; `isMcp`: of one that speaks MCP. One that does not say how long it is, is none. */
export const bodyAsksToStop = async (request: Request, isMcp = false): Promise<boolean> => {
  const bytes = Number(request.headers.get("content-length") ?? Number.NaN);
  if (request.method !== "POST" || !(bytes <= MOST_BYTES)) return false;
  const asked = perhapsStop(await request.clone().text());
  if (asked === undefined) return false;
  return isMcp ? asksToHold(asked) : asksToStop(asked);
};
