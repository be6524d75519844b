// Every HTTP route with the least that may call it. What is not here is the built page, or nothing.
import type { Scope } from "../contract/caller.ts";

export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly access: "anonymous" | Scope;
  readonly summary: string;
}

export const ROUTES = [
  { method: "GET", path: "/healthz", access: "anonymous", summary: "Alive" },
  { method: "GET", path: "/readyz", access: "read", summary: "Ready to serve" },
  { method: "POST", path: "/api/v1/session", access: "anonymous", summary: "Sign in" },
  { method: "DELETE", path: "/api/v1/session", access: "read", summary: "Sign out" },
  { method: "POST", path: "/api/v1/rpc", access: "read", summary: "One JSON-RPC request" },
  { method: "GET", path: "/api/v1/ws", access: "anonymous", summary: "Upgrade to the WebSocket; it says hello and waits 5 s for auth" },
  { method: "GET", path: "/api/openapi.json", access: "read", summary: "This description" },
  { method: "GET", path: "/api/asyncapi.json", access: "read", summary: "The WebSocket's description" },
  { method: "POST", path: "/mcp", access: "read", summary: "MCP over Streamable HTTP; a tool's effect asks for more than its door" },
  { method: "GET", path: "/mcp", access: "read", summary: "The stream of an MCP session of 2025" },
  { method: "DELETE", path: "/mcp", access: "read", summary: "The end of an MCP session of 2025" },
  { method: "GET", path: "/v1/models", access: "read", summary: "What there is to talk to, in OpenAI's list" },
  { method: "POST", path: "/v1/chat/completions", access: "read", summary: "The chat, as OpenAI's API has it" },
  { method: "GET", path: "/metrics", access: "read", summary: "Prometheus metrics" },
] as const satisfies readonly Route[];

/** What sources send to plugins: `INGEST/PLUGIN/...`. Its own secret stands for a credential (ingest.ts). */
export const INGEST = "/api/v1/ingest/";

/** Paths below these are never the page's. */
const RESERVED = /^\/(api|v1|mcp|metrics|healthz|readyz)(\/|$)/;
export const isReserved = (path: string): boolean => RESERVED.test(path);
