// One node's https listener: pveproxy's front door with its faults. It refuses what pveproxy refuses; a hung node never answers, a dropped reply ends in a reset.
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Certificate } from "../tls.ts";
import type { Life } from "../world/create.ts";
import type { Node } from "../world/state.ts";
import { readParameters } from "./body.ts";
import { REFUSAL_DELAY_MS, readCaller, type Tickets } from "./credential.ts";
import type { Dispatch } from "./dispatch.ts";
import { failure, isFailure } from "./failure.ts";
import { replyGarbage } from "./garbage.ts";
import { isProtected } from "./protected.ts";
import { type Manner, replyFailed, replyWell } from "./reply.ts";
import type { Traffic } from "./traffic.ts";

const IDLE_MS = 5_000;
const REQUESTS_PER_CONNECTION = 100;
const PROXY_PATIENCE_MS = 30_000;
const FORMATS = new Set(["json", "extjs"]);

export interface Surroundings {
  life: Life;
  dispatch: Dispatch;
  tickets: Tickets;
  traffic: Traffic;
}

interface Target {
  format: string;
  /** As sent, without the format's prefix and the query. */
  path: string;
  query: string;
}

function targetOf(request: IncomingMessage): Target | undefined {
  const [path = "", query = ""] = (request.url ?? "").split(/\?(.*)/s);
  const parts = /^\/api2\/([a-z0-9]+)(\/.*)?$/.exec(path);
  return parts ? { format: parts[1] ?? "", path: parts[2] ?? "/", query } : undefined;
}

function decoded(path: string): string {
  try {
    return path.split("/").map(decodeURIComponent).join("/");
  } catch {
    return path;
  }
}

export function createListener(node: Node, certificate: Certificate, { life, dispatch, tickets, traffic }: Surroundings): Server {
  const { world } = life;
  const served = new WeakMap<object, number>();
  let turn = 0;

  const hangs = (at: Node | undefined, method: string, path: string): boolean => at?.api.kind === "hang" || (at?.api.kind === "stuck" && isProtected(method, path));

  /** What is for another node goes past this one's pvedaemon. */
  const nodeOf = (path: string): Node | undefined => {
    const name = /^\/nodes\/([^/]+)/.exec(path)?.[1];
    return name === undefined ? node : world.nodes.get(name);
  };

  async function throughProxy(method: string, path: string): Promise<void> {
    const target = nodeOf(path);
    if (target === node || !hangs(target, method, path)) return;
    await world.clock.sleep(PROXY_PATIENCE_MS);
    throw failure(596, "Connection timed out", { bare: true });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "GET";
    const count = (served.get(request.socket) ?? 0) + 1;
    served.set(request.socket, count);
    const target = targetOf(request);
    const path = decoded(target?.path ?? request.url ?? "/");
    const record = traffic.record({ node: node.name, method, path, user: "" });
    turn += 1;
    const gzip = String(request.headers["accept-encoding"] ?? "").includes("gzip");
    const manner: Manner = {
      dialect: world.dialect,
      seed: world.seed,
      turn,
      now: world.clock.now(),
      gzip,
      extjs: target?.format === "extjs",
      close: count >= REQUESTS_PER_CONNECTION,
    };
    const caller = () => {
      const who = readCaller(world, tickets, request.headers, method, node);
      record.user = who.who;
      return who;
    };
    // Its door is shut a moment later; a machine without power says nothing on the connections it has either.
    if (node.power !== "on") return void request.socket.destroy();
    if (node.api.kind === "hang" || (nodeOf(path) === node && hangs(node, method, path))) return;
    if (node.api.kind === "slow") await world.clock.sleep(node.api.delayMs);
    const drop = traffic.takeDrop({ method, path, node: node.name });
    if (drop && !drop.apply) return void request.socket.destroy();
    try {
      if (!target || !FORMATS.has(target.format)) throw failure(501, "no such uri");
      const parameters = await readParameters(request, method, target.query);
      await throughProxy(method, path);
      const result = await dispatch({ at: node.name, method, path, parameters, caller, withToken: (request.headers.authorization ?? "").startsWith("PVEAPIToken") });
      if (drop) return void request.socket.destroy();
      record.status = 200;
      if (node.api.kind === "garbage") replyGarbage(response, { form: node.api.form, seed: world.seed, turn, data: result.data });
      else replyWell(response, manner, result);
    } catch (error) {
      const known = isFailure(error) ? error : failure(500, error instanceof Error ? error.message : String(error));
      record.status = known.status;
      if (known.status === 401) await world.clock.sleep(REFUSAL_DELAY_MS);
      if (drop) return void request.socket.destroy();
      replyFailed(response, { ...manner, close: true, now: world.clock.now() }, known);
    }
  }

  const server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = IDLE_MS;
  return server;
}
