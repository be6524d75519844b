// The server of one Jarvis: its port, its control socket, its life. Refuses to start on a taken port, saying who holds it.
import type { Server } from "bun";
import { JarvisError } from "../contract/error.ts";
import { failed } from "./answer.ts";
import { openControl } from "./control.ts";
import { createEdge } from "./edge.ts";
import type { Phase } from "./gate.ts";
import { listenOn } from "./listen.ts";
import { createParts } from "./parts.ts";
import type { ServerOptions } from "./server-options.ts";
import type { SocketData } from "./sockets.ts";

/** So long, on the wall, goodbyes may take to leave. */
const GOODBYE_MS = 300;

const urlOf = (scheme: string, host: string, port: number): string => `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;

export const createServer = (options: ServerOptions) => {
  const { settings, clock, log } = options;
  const scheme = settings.tls === undefined ? "http" : "https";
  let phase: Phase = "starting";
  let port = settings.port;
  let server: Server<SocketData> | undefined;
  let control: ReturnType<typeof openControl> | undefined;
  const url = (): string => urlOf(scheme, settings.host, port);
  const parts = createParts(options, { phase: () => phase, port: () => port, url, secure: scheme === "https" });
  const edge = createEdge({ settings, parts, port: () => port, log });

  return {
    /** Throws `configuration` when the port or address cannot be had. */
    listen: async (): Promise<{ url: string; port: number }> => {
      server = listenOn(settings, parts.sockets.handler, edge);
      port = server.port ?? settings.port;
      return { url: url(), port };
    },
    /** The unix socket of the CLI; `path` at most 100 bytes. */
    openControl: (path: string): void => {
      control = openControl({ path, dispatcher: parts.dispatcher, sockets: parts.sockets, mcp: parts.handlers.mcp, ready: () => phase === "ready", log });
    },
    /** From here on requests are served; before, they get 503. */
    ready: (): void => {
      phase = "ready";
    },
    /** One request without a network. */
    handle: async (request: Request): Promise<Response> => (await edge(request)) ?? failed(new JarvisError("bug")),
    /** A fresh one-time code, for `start` to print. */
    loginCode: parts.loginCode,
    /** Sockets get 4503, everything else 503, then nothing is open any more. */
    stop: async (): Promise<void> => {
      phase = "stopping";
      const talking = parts.sockets.count() > 0;
      parts.sockets.closeAll();
      options.core.mcp?.stop();
      if (talking) await clock.pause(GOODBYE_MS * clock.rate);
      await control?.stop();
      await server?.stop(true);
    },
  };
};
