// MCP by hand, for tests: one POST to /mcp in the words of either era, with the answer's last message and its status.
import { z } from "zod";

const Message = z.looseObject({
  id: z.union([z.string(), z.number()]).nullable().optional(),
  method: z.string().optional(),
  params: z.looseObject({}).optional(),
  result: z.looseObject({}).optional(),
  error: z.looseObject({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});
type Message = z.infer<typeof Message>;

export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  /** All of the answer, the last being the answer itself. */
  readonly messages: readonly Message[];
  readonly result: Readonly<Record<string, unknown>>;
  readonly error: Message["error"];
}

export const heardIn = async (answer: Response): Promise<Heard> => {
  const text = await answer.text();
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const pieces = isStream ? text.split("\n").flatMap((line) => (line.startsWith("data:") && line.trim() !== "data:" ? [line.slice(5)] : [])) : text === "" ? [] : [text];
  const messages = pieces.map((piece) => Message.parse(JSON.parse(piece)));
  const last = messages.at(-1);
  return { status: answer.status, headers: answer.headers, messages, result: last?.result ?? {}, error: last?.error };
};

const COMMON = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const VERSION = "2026-07-28";

export const post = async (url: string, token: string | undefined, body: unknown, more: Record<string, string> = {}): Promise<Heard> =>
  heardIn(
    await fetch(`${url}/mcp`, {
      method: "POST",
      headers: { ...COMMON, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...more },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  );

interface Asking {
  readonly capabilities?: Record<string, unknown>;
  readonly meta?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
}

/** A request as a client of 2026 sends it. */
export const modern =
  (url: string, token: string | undefined) =>
  (method: string, params: Record<string, unknown> = {}, { capabilities = {}, meta = {}, headers = {} }: Asking = {}): Promise<Heard> => {
    const name = params.name ?? params.uri ?? params.taskId;
    const envelope = {
      "io.modelcontextprotocol/protocolVersion": VERSION,
      "io.modelcontextprotocol/clientInfo": { name: "by-hand", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": capabilities,
    };
    return post(
      url,
      token,
      { jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: { ...envelope, ...meta } } },
      { "mcp-protocol-version": VERSION, "mcp-method": method, ...(typeof name === "string" ? { "mcp-name": name } : {}), ...headers },
    );
  };

/** A session as a client of 2025 opens it; answers its id. */
export const openOld = async (url: string, token: string): Promise<string> => {
  const { headers } = await post(url, token, {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "old", version: "1" } },
  });
  const id = headers.get("mcp-session-id") ?? "";
  await post(url, token, { jsonrpc: "2.0", method: "notifications/initialized" }, { "mcp-session-id": id });
  return id;
};

/** What a tools/call answered, as far as the tests look. */
export const Called = z.looseObject({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  isError: z.boolean().optional(),
  structuredContent: z.looseObject({ callId: z.string().optional(), state: z.string().optional(), rule: z.string().optional(), ask: z.string().optional() }).optional(),
});
