// One HTTP request from the socket to its answer: gate, upgrade or route, security headers. Refuses in errorBody's words only.
import type { Server } from "bun";
import { JarvisError } from "../contract/error.ts";
import { failed, failedRpc } from "./answer.ts";
import { createApp, type Entered } from "./app.ts";
import { checkBodyHeaders } from "./body.ts";
import { cookieOf } from "./credentials.ts";
import type { Who } from "./faces.ts";
import { contentPolicy, secured } from "./headers.ts";
import { failedMcp, MCP } from "./mcp.ts";
import { failedOpenai, OPENAI } from "./openai.ts";
import type { Parts } from "./parts.ts";
import { type Peer, peerOf } from "./peer.ts";
import { INGEST } from "./routes.ts";
import type { ServerSettings } from "./server-options.ts";
import { MOST_SOCKETS, type SocketData } from "./sockets.ts";
import { bodyAsksToStop } from "./stopping.ts";

/** Bun's server; absent for a request that came without a network. */
export type Listening = Server<SocketData> | undefined;

interface Options {
  settings: ServerSettings;
  parts: Parts;
  port: () => number;
  log: (message: string, data?: Record<string, unknown>) => void;
}

const upgrade = (request: Request, peer: Peer, parts: Parts, to: Listening): undefined => {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") throw new JarvisError("invalid_request", { message: "This is a WebSocket; send an upgrade." });
  if (parts.sockets.count() >= MOST_SOCKETS) throw new JarvisError("unavailable", { message: `${MOST_SOCKETS} sockets are open already.`, data: { retryAfterSeconds: 5 } });
  const upgraded = { ip: peer.ip, origin: peer.origin !== null, cookie: cookieOf(request.headers, parts.cookieName()) };
  if (to?.upgrade(request, { data: { upgraded } }) === true) return undefined;
  throw new JarvisError("invalid_request", { message: "The upgrade is not complete." });
};

export const createEdge = ({ settings, parts, port, log }: Options) => {
  const seen = new WeakMap<Request, Entered>();
  const app = createApp((request) => {
    const entered = seen.get(request);
    if (entered === undefined) throw new JarvisError("bug");
    return entered;
  }, parts.handlers);

  /** Over the rate a wish to stop is let in all the same, when it shows a right credential. */
  const enter = async (request: Request, path: string, peer: Peer): Promise<Who | undefined> => {
    try {
      return parts.gate.enter(request, path, peer);
    } catch (thrown) {
      const isRate = thrown instanceof JarvisError && thrown.type === "rate";
      const isMcp = path === MCP;
      if (!isRate || !(isMcp || path === "/api/v1/rpc") || !(await bodyAsksToStop(request, isMcp))) throw thrown;
      return parts.gate.enter(request, path, peer, true);
    }
  };

  const route = async (request: Request, path: string, peer: Peer, to: Listening): Promise<Response | undefined> => {
    try {
      const who = await enter(request, path, peer);
      if (path === "/api/v1/ws" && request.method === "GET") return upgrade(request, peer, parts, to);
      if (!path.startsWith(INGEST)) checkBodyHeaders(request.headers);
      // A call may take its 300 s, a chat answer longer; nobody else may hold a connection idle.
      if (path === "/api/v1/rpc" || path === MCP || path.startsWith(OPENAI)) to?.timeout(request, 0);
      seen.set(request, { path, peer, who });
      return await app.handle(request);
    } catch (thrown) {
      if (!(thrown instanceof JarvisError)) log("a request failed inside", { path, error: String(thrown) });
      if (path === MCP) return failedMcp(thrown);
      if (path.startsWith(OPENAI)) return failedOpenai(thrown);
      return path === "/api/v1/rpc" ? failedRpc(thrown) : failed(thrown);
    }
  };

  /** Undefined when the request became a WebSocket. */
  return async (request: Request, to?: Server<SocketData>): Promise<Response | undefined> => {
    const address = to?.requestIP(request)?.address ?? "127.0.0.1";
    const peer = peerOf(request.headers, address, { ...settings, port: port(), secure: settings.tls !== undefined }, settings.trustProxy);
    const response = await route(request, URL.parse(request.url)?.pathname ?? "", peer, to);
    if (response === undefined) return undefined;
    parts.answered(response.status);
    // A 304 replaces the headers of the copy the browser kept: without the hashes the page would be dead on its second visit.
    const html = response.status === 304 || response.headers.get("content-type")?.startsWith("text/html") === true;
    return secured(response, contentPolicy(html ? parts.pageHashes : [], peer.refused === undefined ? peer.host : null));
  };
};
