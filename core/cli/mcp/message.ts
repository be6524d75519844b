// What the bridge must know of a message it carries: whether it wants an answer, of which era it is, and the headers it travels with. Pure; believes nothing, changes nothing.
import { z } from "zod";

const VERSION = "io.modelcontextprotocol/protocolVersion";
const Id = z.union([z.string(), z.number()]);

const Parsed = z.looseObject({
  id: Id.optional(),
  method: z.string().optional(),
  params: z
    .looseObject({
      _meta: z.looseObject({ [VERSION]: z.string().optional() }).optional(),
      name: z.string().optional(),
      uri: z.string().optional(),
      taskId: z.string().optional(),
      requestId: Id.optional(),
    })
    .optional(),
});

export interface Message {
  readonly text: string;
  readonly id: string | number | undefined;
  readonly method: string | undefined;
  /** The revision it says it is of: only since 2026 does each message say so. */
  readonly version: string | undefined;
  /** Of a cancelling one: which request. */
  readonly cancels: string | number | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const NAMED: Readonly<Record<string, "name" | "uri" | "taskId">> = {
  "tools/call": "name",
  "prompts/get": "name",
  "resources/read": "uri",
  "tasks/get": "taskId",
  "tasks/update": "taskId",
  "tasks/cancel": "taskId",
};

/** A header holds visible ASCII only; anything else goes as the protocol wraps it. */
const headerValue = (text: string): string => (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) ? text : `=?base64?${Buffer.from(text).toString("base64")}?=`);

/** Undefined when it is no JSON-RPC message. */
export const messageOf = (text: string): Message | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = Parsed.safeParse(value);
  if (!parsed.success) return undefined;
  const { id, method, params } = parsed.data;
  const version = params?._meta?.[VERSION];
  const key = method === undefined ? undefined : NAMED[method];
  const name = key === undefined ? undefined : params?.[key];
  const modern = { "mcp-protocol-version": version ?? "", "mcp-method": method ?? "", ...(name === undefined ? {} : { "mcp-name": headerValue(name) }) };
  return { text, id, method, version, cancels: method === "notifications/cancelled" ? params?.requestId : undefined, headers: version === undefined ? {} : modern };
};
