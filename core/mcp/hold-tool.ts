// The MCP tool that holds everything, and how a request for it is known without loading any of MCP: such a one is never refused for how often or how much.
export const HOLD_TOOL = "jarvis_kill";

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** `body`: a JSON-RPC request as it came. */
export const asksToHold = (body: unknown): boolean => {
  if (!isObject(body) || !("method" in body) || body.method !== "tools/call" || !("params" in body)) return false;
  return isObject(body.params) && "name" in body.params && body.params.name === HOLD_TOOL;
};
