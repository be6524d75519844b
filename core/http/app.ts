// The Elysia application: one handler per route of ROUTES, the built page for the rest. Its own 404 and 422 bodies never leave.
import { Elysia } from "elysia";
import { JarvisError } from "../contract/error.ts";
import { failed, json } from "./answer.ts";
import type { Who } from "./faces.ts";
import { OPENAI } from "./openai.ts";
import type { Peer } from "./peer.ts";
import { INGEST, isReserved, ROUTES } from "./routes.ts";

/** What the edge already knows of a request when a handler runs. */
export interface Entered {
  readonly path: string;
  readonly peer: Peer;
  readonly who: Who | undefined;
}

/** Handlers of the routes that say more than a word. The upgrade is Bun's, before routing. */
export interface Handlers {
  login(request: Request, ip: string): Promise<Response>;
  logout(session: string | undefined): Response;
  rpc(request: Request, who: Who): Promise<Response>;
  mcp(request: Request, who: Who): Promise<Response>;
  openai(request: Request, path: string, who: Who): Promise<Response>;
  openapi(): Promise<unknown>;
  asyncapi(host: string): unknown;
  metrics(): string;
  ingest(request: Request, path: string, peer: Peer): Promise<Response>;
  page(request: Request, path: string): Response;
}

const known = (who: Who | undefined): Who => {
  if (who === undefined) throw new JarvisError("unauthorised");
  return who;
};

/** A path that exists answers a wrong method with 405 and the right ones. */
const nothing = (path: string): Response => {
  const methods = ROUTES.filter((route) => route.path === path).map(({ method }) => method);
  if (methods.length === 0) return failed(new JarvisError("not_found"));
  const response = failed(new JarvisError("invalid_request", { message: `${path} takes ${methods.join(", ")}.` }), 405);
  response.headers.set("allow", methods.join(", "));
  return response;
};

export const createApp = (entered: (request: Request) => Entered, handlers: Handlers) =>
  new Elysia({ name: "edge", normalize: false })
    .onError(({ error, code }) => (error instanceof JarvisError ? failed(error) : failed(code === "NOT_FOUND" ? new JarvisError("not_found") : error)))
    .get("/healthz", () => json({ ok: true }))
    .get("/readyz", () => json({ ready: true }))
    .post("/api/v1/session", ({ request }) => handlers.login(request, entered(request).peer.ip), { parse: "none" })
    .delete("/api/v1/session", ({ request }) => handlers.logout(entered(request).who?.session), { parse: "none" })
    .post("/api/v1/rpc", ({ request }) => handlers.rpc(request, known(entered(request).who)), { parse: "none" })
    .post("/mcp", ({ request }) => handlers.mcp(request, known(entered(request).who)), { parse: "none" })
    .get("/mcp", ({ request }) => handlers.mcp(request, known(entered(request).who)))
    .delete("/mcp", ({ request }) => handlers.mcp(request, known(entered(request).who)), { parse: "none" })
    .get("/api/openapi.json", async () => json(await handlers.openapi()))
    .get("/api/asyncapi.json", ({ request }) => json(handlers.asyncapi(entered(request).peer.host ?? "")))
    .get("/metrics", () => new Response(handlers.metrics(), { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } }))
    .all(
      "/*",
      ({ request }) => {
        const { path, peer, who } = entered(request);
        if (path.startsWith(OPENAI)) return handlers.openai(request, path, known(who));
        if (path.startsWith(INGEST)) return handlers.ingest(request, path, peer);
        const page = (request.method === "GET" || request.method === "HEAD") && !isReserved(path);
        return page ? handlers.page(request, path) : nothing(path);
      },
      { parse: "none" },
    );
