// /api/openapi.json: OpenAPI 3.1 of the HTTP routes, each rpc method with its own schemas, from the table that validates.
import { METHODS } from "../contract/wire.ts";
import { ingestPaths } from "./openapi-ingest.ts";
import { openaiFailure, openaiOperation } from "./openapi-openai.ts";
import { ROUTES, type Route } from "./routes.ts";
import { ErrorShape, jsonSchema } from "./schemas.ts";
import { LoggedIn, Login } from "./session-answer.ts";

const content = (schema: unknown) => ({ "application/json": { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const failure = (description: string) => ({ description, content: content(ref("Error")) });

const methodNames = Object.entries(METHODS).filter(([, method]) => !("socket" in method));

const rpcRequest = (name: string, params: unknown) => ({
  type: "object",
  required: ["jsonrpc", "method"],
  properties: { jsonrpc: { const: "2.0" }, id: { type: ["string", "number", "null"] }, method: { const: name }, params },
});

const rpcResponse = (result: unknown) => ({
  type: "object",
  required: ["jsonrpc", "id"],
  properties: { jsonrpc: { const: "2.0" }, id: { type: ["string", "number", "null"] }, result, error: ref("Error") },
});

const rpc = {
  summary: "One JSON-RPC 2.0 request: any method of the WebSocket that needs no stream",
  requestBody: { required: true, content: content({ oneOf: methodNames.map(([name]) => ref(`${name}.request`)) }) },
  responses: {
    200: { description: "A result or an error", content: content({ anyOf: methodNames.map(([name]) => ref(`${name}.response`)) }) },
    400: failure("Not JSON"),
    204: { description: "It was a notification: a request without id" },
    413: failure("Larger than 1 MiB"),
  },
};

const login = {
  summary: "Sign in with a one-time code; on an open session, prove yourself again",
  requestBody: { required: false, content: content(jsonSchema(Login, "input")) },
  responses: { 200: { description: "A cookie, and the key that must come with it as X-Jarvis-Key", content: content(jsonSchema(LoggedIn, "output")) } },
};

const ownOf = (route: Route) => {
  if (route.path === "/api/v1/rpc") return rpc;
  if (route.path === "/api/v1/session" && route.method === "POST") return login;
  return openaiOperation(route.path) ?? { summary: route.summary, responses: { 200: { description: route.summary } } };
};

const operation = (route: Route) => {
  const own = ownOf(route);
  const refused = openaiOperation(route.path) === undefined ? failure : openaiFailure;
  return {
    ...own,
    "x-scope": route.access,
    security: route.access === "anonymous" ? [] : [{ bearer: [] }, { cookie: [], key: [] }],
    responses: {
      ...own.responses,
      401: refused("No valid credential"),
      403: refused("Foreign Host or Origin, or not allowed"),
      429: refused("Too many requests"),
      503: refused("Starting or stopping"),
    },
  };
};

const methodSchemas = () =>
  methodNames.flatMap(([name, method]) => [
    [`${name}.request`, { ...rpcRequest(name, jsonSchema(method.params, "input")), "x-scope": method.scope }],
    [`${name}.response`, rpcResponse(jsonSchema(method.result, "output"))],
  ]);

export const openApi = (version: string, cookie: string): unknown => ({
  openapi: "3.1.0",
  info: { title: "Jarvis", version, description: "A self-hosted command center for a homelab. The stream is described in /api/asyncapi.json." },
  jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
  paths: {
    ...Object.fromEntries(
      [...new Set(ROUTES.map(({ path }) => path))].map((path) => [
        path,
        Object.fromEntries(ROUTES.filter((route) => route.path === path).map((route) => [route.method.toLowerCase(), operation(route)])),
      ]),
    ),
    ...ingestPaths(failure),
  },
  components: {
    schemas: { Error: jsonSchema(ErrorShape, "output"), ...Object.fromEntries(methodSchemas()) },
    securitySchemes: {
      bearer: { type: "http", scheme: "bearer" },
      cookie: { type: "apiKey", in: "cookie", name: cookie },
      key: { type: "apiKey", in: "header", name: "X-Jarvis-Key" },
      ingest: {
        type: "apiKey",
        in: "header",
        name: "Authorization",
        description: "`Token ...` or `Bearer ...` with the token that the plugin's section of jarvis.yaml names for it",
      },
    },
  },
});
