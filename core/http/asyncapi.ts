// /api/asyncapi.json: AsyncAPI 3 of the WebSocket, every method and notification, from the table that validates.
import { AuthParams, AuthResult, CLOSE, METHODS, NOTIFICATIONS } from "../contract/wire.ts";
import { ErrorShape, jsonSchema } from "./schemas.ts";

const id = { type: ["string", "number"] };
const rpc = (properties: Record<string, unknown>) => ({
  type: "object",
  required: ["jsonrpc", ...Object.keys(properties)],
  properties: { jsonrpc: { const: "2.0" }, ...properties },
});

const every = { auth: { params: AuthParams, result: AuthResult, scope: "none" }, ...METHODS };

const messages = (): [string, unknown][] => [
  ...Object.entries(every).flatMap(([name, method]): [string, unknown][] => [
    [`${name}.request`, { name: `${name}.request`, contentType: "application/json", payload: rpc({ id, method: { const: name }, params: jsonSchema(method.params, "input") }) }],
    [`${name}.result`, { name: `${name}.result`, contentType: "application/json", payload: rpc({ id, result: jsonSchema(method.result, "output") }) }],
  ]),
  ...Object.entries(NOTIFICATIONS).map(([name, params]): [string, unknown] => [
    name,
    { name, contentType: "application/json", payload: rpc({ method: { const: name }, params: jsonSchema(params, "output") }) },
  ]),
  ["error", { name: "error", contentType: "application/json", payload: rpc({ id: { type: ["string", "number", "null"] }, error: jsonSchema(ErrorShape, "output") }) }],
];

const SOCKET = { $ref: "#/channels/socket" };
const message = (name: string) => ({ $ref: `#/channels/socket/messages/${name}` });

const operations = (): [string, unknown][] => [
  ...Object.entries(every).map(([name, method]): [string, unknown] => [
    name,
    {
      action: "receive",
      channel: SOCKET,
      messages: [message(`${name}.request`)],
      reply: { channel: SOCKET, messages: [message(`${name}.result`), message("error")] },
      "x-scope": method.scope,
    },
  ]),
  ...Object.keys(NOTIFICATIONS).map((name): [string, unknown] => [`${name}.notify`, { action: "send", channel: SOCKET, messages: [message(name)] }]),
];

export const asyncApi = (version: string, host: string, secure: boolean): unknown => ({
  asyncapi: "3.0.0",
  info: {
    title: "Jarvis",
    version,
    description: `JSON-RPC 2.0 in JSON text frames, no batches. The server says hello; answer auth within 5 seconds. Close codes: ${Object.entries(CLOSE)
      .map(([name, code]) => `${code} ${name}`)
      .join(", ")}.`,
  },
  defaultContentType: "application/json",
  servers: { here: { host, protocol: secure ? "wss" : "ws", pathname: "/api/v1/ws" } },
  channels: { socket: { address: "/api/v1/ws", messages: Object.fromEntries(messages()) } },
  operations: Object.fromEntries(operations()),
});
