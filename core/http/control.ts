// The control socket: HTTP on a unix socket that only the owner can open; whoever can is the operator. Serves /api/v1/rpc and nothing else.
import { chmodSync, lstatSync, rmSync } from "node:fs";
import { JarvisError } from "../contract/error.ts";
import { failedRpc } from "./answer.ts";
import type { Who } from "./faces.ts";
import type { Dispatcher } from "./rpc.ts";
import { answerRpc } from "./rpc-answer.ts";

const OPERATOR: Who = { caller: { kind: "operator", id: "cli", scope: "admin", tainted: false }, via: "control" };
/** What a unix socket's address may hold, with room to spare. */
const LONGEST_PATH_BYTES = 100;

interface Options {
  path: string;
  dispatcher: Dispatcher;
  ready: () => boolean;
  log: (message: string, data?: Record<string, unknown>) => void;
}

const clear = (path: string): void => {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new JarvisError("configuration", { message: `${path} is in the way: it is no socket.` });
  rmSync(path);
};

/** The lease makes this the only core of its folder, so a socket left there is nobody's. */
export const openControl = ({ path, dispatcher, ready, log }: Options): { stop(): Promise<void> } => {
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES)
    throw new JarvisError("configuration", { message: `The control socket's path is longer than ${LONGEST_PATH_BYTES} bytes: ${path}` });
  clear(path);
  const before = process.umask(0o177);
  try {
    const server = Bun.serve({
      unix: path,
      fetch: (request, to) => {
        to.timeout(request, 0);
        if (request.method !== "POST" || new URL(request.url).pathname !== "/api/v1/rpc") return failedRpc(new JarvisError("not_found"));
        if (!ready()) return failedRpc(new JarvisError("unavailable", { message: "Jarvis is starting or stopping." }));
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
