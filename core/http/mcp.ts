// /mcp: Streamable HTTP. Bounds, JSON and the credential are checked here as on every other route; what is said in it is the MCP server's. Refuses in JSON-RPC's words, and says how to knock.
import { errorBody, httpStatus, JarvisError } from "../contract/error.ts";
import { json } from "./answer.ts";
import { readBody } from "./body.ts";
import type { CoreFaces, Who } from "./faces.ts";
import { parseJson } from "./json.ts";

export const MCP = "/mcp";

/** A JSON-RPC error without an id: it stands for no request that was taken. */
export const failedMcp = (thrown: unknown): Response => {
  const { code, message, data } = errorBody(thrown);
  const response = json({ jsonrpc: "2.0", id: null, error: { code, message, data } }, httpStatus(thrown));
  if (response.status === 401) response.headers.set("www-authenticate", 'Bearer realm="jarvis"');
  const seconds = data.retryAfterSeconds;
  if (typeof seconds === "number") response.headers.set("retry-after", String(seconds));
  return response;
};

interface Options {
  readonly core: Pick<CoreFaces, "mcp">;
  /** Where a person opens the dashboard. */
  readonly url: () => string;
  readonly log: (message: string, data?: Record<string, unknown>) => void;
}

export const createMcpAnswers =
  ({ core, url, log }: Options) =>
  async (request: Request, who: Who): Promise<Response> => {
    try {
      if (core.mcp === undefined) throw new JarvisError("not_found");
      const body = request.method === "POST" ? parseJson(await readBody(request)) : undefined;
      return await core.mcp.answer(request, body, who, url());
    } catch (thrown) {
      if (!(thrown instanceof JarvisError)) log("an MCP request failed inside", { error: String(thrown) });
      return failedMcp(thrown);
    }
  };
