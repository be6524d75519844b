// OpenAPI, AsyncAPI and metrics: made from the table that validates, so nothing can be missing.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { z } from "zod";
import { METHODS, NOTIFICATIONS } from "../../../core/contract/wire.ts";
import { INGEST, ROUTES } from "../../../core/http/routes.ts";
import { ADMIN, createHouse, type House } from "./support/house.ts";

let house: House;
beforeAll(async () => {
  house = await createHouse();
});
afterAll(() => house.close());
const get = async (path: string) => fetch(`${house.url}${path}`, { headers: { authorization: `Bearer ${ADMIN}` } });

const references = (value: unknown): string[] => [...JSON.stringify(value).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = ""]) => ref);
const resolves = (document: unknown, ref: string): boolean => {
  const [, ...parts] = ref.split("/");
  return parts.reduce<unknown>((at, part) => (typeof at === "object" && at !== null ? Reflect.get(at, part) : undefined), document) !== undefined;
};

test("OpenAPI 3.1 describes every route and every rpc method, and every reference resolves", async () => {
  const document = z
    .looseObject({ openapi: z.string(), paths: z.record(z.string(), z.looseObject({})), components: z.looseObject({ schemas: z.looseObject({}) }) })
    .parse(await (await get("/api/openapi.json")).json());
  expect(document.openapi).toStartWith("3.1");
  for (const { method, path } of ROUTES) expect(document.paths[path]).toHaveProperty(method.toLowerCase());
  for (const [name, method] of Object.entries(METHODS)) if (!("socket" in method)) expect(Object.keys(document.components.schemas)).toContain(`${name}.request`);
  for (const ref of references(document)) expect([ref, resolves(document, ref)]).toEqual([ref, true]);
});

test("OpenAPI describes what plugins take by push: its own token, both packings, its bound, and each answer there is", async () => {
  const { paths, components } = z
    .looseObject({ paths: z.record(z.string(), z.looseObject({})), components: z.looseObject({ securitySchemes: z.looseObject({}) }) })
    .parse(await (await get("/api/openapi.json")).json());
  expect(Object.keys(components.securitySchemes)).toContain("ingest");
  for (const [path, names] of [
    [`${INGEST}{plugin}`, ["plugin"]],
    [`${INGEST}{plugin}/{rest}`, ["plugin", "rest"]],
  ] as const) {
    const { get: look, post, parameters } = z.looseObject({ get: z.unknown(), post: z.unknown(), parameters: z.array(z.looseObject({ name: z.string() })) }).parse(paths[path]);
    expect(parameters.map(({ name }) => name)).toEqual([...names]);
    expect(look).toMatchObject({ security: [{ ingest: [] }], responses: { 200: {}, 401: {}, 404: {}, 429: {} } });
    expect(post).toMatchObject({
      "x-scope": "anonymous",
      security: [{ ingest: [] }],
      requestBody: { required: true, content: { "text/plain": {}, "application/json": {} } },
      responses: { 200: {}, 204: {}, 400: {}, 401: {}, 404: {}, 413: { description: "Larger than 4 MiB, as sent or unpacked" }, 429: {}, 503: {} },
    });
    expect(JSON.stringify(post)).toContain("Content-Encoding");
  }
});

test("AsyncAPI 3 describes every method and notification, and every reference resolves", async () => {
  const document = z.looseObject({ asyncapi: z.string(), operations: z.record(z.string(), z.unknown()) }).parse(await (await get("/api/asyncapi.json")).json());
  expect(document.asyncapi).toStartWith("3.");
  for (const name of ["auth", ...Object.keys(METHODS)]) expect(Object.keys(document.operations)).toContain(name);
  for (const name of Object.keys(NOTIFICATIONS)) expect(Object.keys(document.operations)).toContain(`${name}.notify`);
  for (const ref of references(document)) expect([ref, resolves(document, ref)]).toEqual([ref, true]);
});

test("metrics are Prometheus text with the process, the sockets and what the core adds", async () => {
  const response = await get("/metrics");
  const text = await response.text();
  expect(response.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
  for (const name of ["process_resident_memory_bytes", "process_cpu_seconds_total", "jarvis_ws_clients", 'jarvis_calls{state="succeeded"} 3', "jarvis_http_answers_total{status="])
    expect(text).toContain(name);
  for (const line of text.trim().split("\n")) expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/);
});
