// A server that answers like a Jarvis, for tests of the command line: control socket, HTTP and WebSocket, with answers the test gives.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { RpcRequest } from "../../core/contract/wire.ts";

const repository = join(import.meta.dir, "../..");
export const TOKEN = "jarvis-token-of-the-fixture";
const TIME = "2026-01-02T03:04:05.000Z";

type Handler = (params: unknown) => unknown;

/** Thrown by a handler: becomes the JSON-RPC error. */
export class Refusal extends Error {
  constructor(
    readonly code: number,
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

export interface Seen {
  readonly by: "socket" | "token" | "nobody";
  readonly method: string;
  readonly params: unknown;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Fixture {
  readonly data: string;
  readonly seen: Seen[];
  /** Sends a notification to every open WebSocket. */
  notify(method: string, params: unknown): void;
  /** Closes the control socket only: the HTTP side stays. */
  closeControl(): Promise<void>;
  closeSockets(code: number, reason: string): void;
  run(args: readonly string[], env?: Record<string, string>): Promise<Ran>;
  spawn(args: readonly string[], env?: Record<string, string>): Bun.Subprocess<"ignore", "pipe", "pipe">;
  stop(): Promise<void>;
}

const answer = (handlers: Record<string, Handler>, text: string, note: (method: string, params: unknown) => void): object => {
  const { id, method, params } = RpcRequest.parse(JSON.parse(text));
  note(method, params);
  try {
    const handler = handlers[method];
    if (!handler) throw new Refusal(-32601, "method_not_found", `there is no method ${method}`);
    return { jsonrpc: "2.0", id, result: handler(params) };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return { jsonrpc: "2.0", id, error: { code: thrown.code, message: thrown.message, data: { type: thrown.type, fault: "caller", retryable: false } } };
  }
};

export const spawnCli = (args: readonly string[], env: Record<string, string>): Bun.Subprocess<"ignore", "pipe", "pipe"> =>
  Bun.spawn([process.execPath, join(repository, "core/cli/main.ts"), ...args], {
    cwd: repository,
    env: { PATH: process.env.PATH ?? "", HOME: tmpdir(), ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });

export const finish = async (child: Bun.Subprocess<"ignore", "pipe", "pipe">): Promise<Ran> => {
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return { code, out, err };
};

export const createFixture = (handlers: Record<string, Handler>): Fixture => {
  const data = mkdtempSync(join(tmpdir(), "jarvis-cli-"));
  const seen: Seen[] = [];
  const control = join(data, "control.sock");
  const rpc =
    (by: Seen["by"]) =>
    async (request: Request): Promise<Response> =>
      Response.json(answer(handlers, await request.text(), (method, params) => seen.push({ by, method, params })));
  const open = new Set<Bun.ServerWebSocket<undefined>>();
  /** Who came by the control socket needs no token. */
  const talking = (by: "socket" | "token"): Bun.WebSocketHandler<undefined> => ({
    open: (socket) => {
      open.add(socket);
      socket.send(JSON.stringify({ jsonrpc: "2.0", method: "hello", params: { protocol: 1, version: "0", time: TIME } }));
    },
    close: (socket) => {
      open.delete(socket);
    },
    message: (socket, text) => {
      const { id, method, params } = RpcRequest.parse(JSON.parse(String(text)));
      if (method !== "auth") return void socket.send(JSON.stringify(answer(handlers, String(text), (name, given) => seen.push({ by, method: name, params: given }))));
      const { token } = z.object({ token: z.string().optional() }).parse(params);
      if (by === "token" && token !== TOKEN) return socket.close(4401, "this token opens nothing");
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, result: { scope: "admin", caller: { kind: "operator", id: "cli", scope: "admin", tainted: false } } }));
    },
  });
  const isSocket = (request: Request): boolean => new URL(request.url).pathname === "/api/v1/ws";
  const unix = Bun.serve({
    unix: control,
    fetch: (request, server) => (isSocket(request) ? (server.upgrade(request) ? undefined : new Response("no upgrade", { status: 400 })) : rpc("socket")(request)),
    websocket: talking("socket"),
  });
  const web = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, server) => {
      if (isSocket(request)) return server.upgrade(request) ? undefined : new Response("no upgrade", { status: 400 });
      if (request.headers.get("authorization") !== `Bearer ${TOKEN}`)
        return Response.json(
          { jsonrpc: "2.0", id: null, error: { code: -32001, message: "Sign in first", data: { type: "unauthorised", fault: "caller", retryable: false } } },
          { status: 401 },
        );
      return rpc("token")(request);
    },
    websocket: talking("token"),
  });
  const url = `http://127.0.0.1:${web.port}`;
  mkdirSync(join(data, "moved"));
  writeFileSync(join(data, "run.json"), JSON.stringify({ pid: process.pid, url, startedAt: TIME, data: join(data, "moved"), control }));
  writeFileSync(join(data, "cli.token"), `${TOKEN}\n`);
  const spawn: Fixture["spawn"] = (args, env = {}) => spawnCli(args, { JARVIS_DATA: data, ...env });
  return {
    data,
    seen,
    notify: (method, params) => {
      for (const socket of open) socket.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
    },
    closeControl: () => unix.stop(true),
    closeSockets: (code, reason) => {
      for (const socket of open) socket.close(code, reason);
    },
    run: (args, env) => finish(spawn(args, env)),
    spawn,
    stop: async () => {
      await Promise.all([unix.stop(true), web.stop(true)]);
      rmSync(data, { recursive: true, force: true });
    },
  };
};
