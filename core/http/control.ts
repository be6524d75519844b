// The control socket: HTTP on a unix socket that only the owner can open; whoever can is the operator. Serves /api/v1/rpc, /mcp and the WebSocket, and nothing else.
import { chmodSync, lstatSync, rmSync } from "node:fs";
import type { Server } from "bun";
import { JarvisError } from "../contract/error.ts";
import { failedRpc } from "./answer.ts";
import type { Who } from "./faces.ts";
import { failedMcp, MCP } from "./mcp.ts";
import type { Dispatcher } from "./rpc.ts";
import { answerRpc } from "./rpc-answer.ts";
import { MOST_SOCKETS, type SocketData, type Sockets } from "./sockets.ts";

const OPERATOR: Who = { caller: { kind: "operator", id: "cli", scope: "admin", tainted: false }, via: "control" };
/** What a unix socket's address may hold, with room to spare. */
const LONGEST_PATH_BYTES = 100;

interface Options {
  path: string;
  dispatcher: Dispatcher;
  sockets: Pick<Sockets, "handler" | "count">;
  mcp: (request: Request, who: Who) => Promise<Response>;
  ready: () => boolean;
  log: (message: string, data?: Record<string, unknown>) => void;
}

const clear = (path: string): void => {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new JarvisError("configuration", { message: `${path} is in the way: it is no socket.` });
  rmSync(path);
};

/** Whoever reached this socket has proved who they are by that. */
const upgrade = (request: Request, to: Server<SocketData>, count: number): Response | undefined => {
  if (count >= MOST_SOCKETS) return failedRpc(new JarvisError("unavailable", { message: `${MOST_SOCKETS} sockets are open already.` }));
  const taken = to.upgrade(request, { data: { upgraded: { ip: "control", origin: false, owner: OPERATOR } } });
  return taken ? undefined : failedRpc(new JarvisError("invalid_request", { message: "The upgrade is not complete." }));
};

/** The lease makes this the only core of its folder, so a socket left there is nobody's. */
export const openControl = ({ path, dispatcher, sockets, mcp, ready, log }: Options): { stop(): Promise<void> } => {
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES)
    throw new JarvisError("configuration", { message: `The control socket's path is longer than ${LONGEST_PATH_BYTES} bytes: ${path}` });
  clear(path);
  const before = process.umask(0o177);
  try {
    const server = Bun.serve<SocketData>({
      unix: path,
      websocket: sockets.handler,
      fetch: (request, to) => {
        to.timeout(request, 0);
        const { pathname } = new URL(request.url);
        const isSocket = pathname === "/api/v1/ws" && request.headers.get("upgrade")?.toLowerCase() === "websocket";
        if (pathname === MCP) return ready() ? mcp(request, OPERATOR) : failedMcp(new JarvisError("unavailable", { message: "Jarvis is starting or stopping." }));
        if (!isSocket && (request.method !== "POST" || pathname !== "/api/v1/rpc")) return failedRpc(new JarvisError("not_found"));
        if (!ready()) return failedRpc(new JarvisError("unavailable", { message: "Jarvis is starting or stopping." }));
        if (isSocket) return upgrade(request, to, sockets.count());
        return answerRpc(dispatcher, request, OPERATOR, log);
      },
    });
    chmodSync(path, 0o600);
    return {
      stop: async () => {
        await server.stop(true);
        rmSync(path, { force: true });
      },
    };
  } finally {
    process.umask(before);
  }
};
