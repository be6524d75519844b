// The edge: guards, routes and the WebSocket of one Jarvis. Refuses to start on a taken port, saying who holds it.
import type { Server } from "bun";
import { JarvisError } from "../contract/error.ts";
import { failed, failedRpc } from "./answer.ts";
import { createApp, type Entered } from "./app.ts";
import { checkBodyHeaders } from "./body.ts";
import { openControl } from "./control.ts";
import { cookieOf } from "./credentials.ts";
import type { Phase } from "./gate.ts";
import { contentPolicy, secured } from "./headers.ts";
import { listenOn } from "./listen.ts";
import { createParts } from "./parts.ts";
import { type Peer, peerOf } from "./peer.ts";
import type { ServerOptions } from "./server-options.ts";
import { MOST_SOCKETS, type SocketData } from "./sockets.ts";

const DRAIN_MS = 300;

export const createServer = (options: ServerOptions) => {
  const { settings, clock, log } = options;
  const secure = settings.tls !== undefined;
  let phase: Phase = "starting";
  let port = settings.port;
  let server: Server<SocketData> | undefined;
  const url = (): string => `${secure ? "https" : "http"}://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`;
  const parts = createParts(options, { phase: () => phase, port: () => port, url, secure });
  const seen = new WeakMap<Request, Entered>();
  const app = createApp((request) => {
    const entered = seen.get(request);
    if (entered === undefined) throw new JarvisError("bug");
    return entered;
  }, parts.handlers);

  const upgrade = (request: Request, peer: Peer, to: Server<SocketData> | undefined): Response | undefined => {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") throw new JarvisError("invalid_request", { message: "This is a WebSocket; send an upgrade." });
    if (parts.sockets.count() >= MOST_SOCKETS) throw new JarvisError("unavailable", { message: `${MOST_SOCKETS} sockets are open already.`, data: { retryAfterSeconds: 5 } });
    const upgraded = { ip: peer.ip, origin: peer.origin !== null, cookie: cookieOf(request.headers, parts.cookieName()) };
    if (to?.upgrade(request, { data: { upgraded } }) === true) return undefined;
    throw new JarvisError("invalid_request", { message: "The upgrade is not complete." });
  };

  const route = async (request: Request, path: string, peer: Peer, to: Server<SocketData> | undefined): Promise<Response | undefined> => {
    try {
      const who = parts.gate.enter(request, path, peer);
      if (path === "/api/v1/ws" && request.method === "GET") return upgrade(request, peer, to);
      checkBodyHeaders(request.headers);
      // A call may take its 300 s, a chat answer longer; nobody else may hold a connection idle.
      if (path === "/api/v1/rpc") to?.timeout(request, 0);
      seen.set(request, { path, peer, who });
      return await app.handle(request);
    } catch (thrown) {
      if (!(thrown instanceof JarvisError)) log("a request failed inside", { path, error: String(thrown) });
      return path === "/api/v1/rpc" ? failedRpc(thrown) : failed(thrown);
    }
  };

  const handle = async (request: Request, to?: Server<SocketData>): Promise<Response | undefined> => {
    const address = to?.requestIP(request)?.address ?? "127.0.0.1";
    const peer = peerOf(request.headers, address, { ...settings, port, secure }, settings.trustProxy);
    const path = URL.parse(request.url)?.pathname ?? "";
    const response = await route(request, path, peer, to);
    if (response === undefined) return undefined;
    parts.answered(response.status);
    const html = response.headers.get("content-type")?.startsWith("text/html") === true;
    return secured(response, contentPolicy(html ? parts.pageHashes : [], peer.refused === undefined ? peer.host : null));
  };

  const listen = async (): Promise<{ url: string; port: number }> => {
    server = listenOn(settings, parts.sockets.handler, handle);
    port = server.port ?? settings.port;
    return { url: url(), port };
  };

  const stop = async (): Promise<void> => {
    phase = "stopping";
    parts.sockets.closeAll();
    // Goodbyes need a moment to leave.
    if (parts.sockets.count() > 0) await clock.pause(DRAIN_MS * clock.rate);
    await control?.stop();
    await server?.stop(true);
  };

  let control: ReturnType<typeof openControl> | undefined;
  return {
    listen,
    /** The unix socket of the CLI; `path` at most 100 bytes. */
    openControl: (path: string): void => {
      control = openControl({ path, dispatcher: parts.dispatcher, ready: () => phase === "ready", log });
    },
    /** From here on requests are served; before, they get 503. */
    ready: (): void => {
      phase = "ready";
    },
    /** One request without a network, as tests and the MCP bridge use it. */
    handle: async (request: Request): Promise<Response> => (await handle(request)) ?? failed(new JarvisError("bug")),
    /** A fresh one-time code, for `start` to print. */
    loginCode: parts.loginCode,
    stop,
  };
};

export type JarvisServer = ReturnType<typeof createServer>;
