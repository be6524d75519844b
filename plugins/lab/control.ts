// The lab's own API on loopback: the truth, the book of changes and calls, faults, other people's acts, lost replies. It refuses browsers of other pages (an Origin or a foreign Host) and unknown words.
import { createServer, type IncomingMessage, type Server } from "node:http";
import { z } from "zod";
import { type Faults, isUnknown } from "./faults/all.ts";
import { type Dispatch, methodOf } from "./front/dispatch.ts";
import { isFailure } from "./front/failure.ts";
import type { Traffic } from "./front/traffic.ts";
import type { Mailbox } from "./mail/server.ts";
import type { Plays } from "./play/plays.ts";
import type { Push } from "./push/push.ts";
import type { World } from "./world/state.ts";

const MAX_BODY_BYTES = 1_048_576;
const HOSTS = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
const NOT_ARGUMENTS = new Set(["name", "target"]);

export interface ControlSurroundings {
  instance: string;
  world: World;
  dispatch: Dispatch;
  traffic: Traffic;
  faults: Faults;
  mailbox: Mailbox;
  push: Push;
  plays: Plays;
  docker(): unknown;
  stop(): void;
}

interface Reply {
  status: number;
  body: unknown;
}

const FaultOrder = z.looseObject({ name: z.string().max(64), target: z.string().max(200).optional() });
const Healing = z.strictObject({ name: z.string().max(64).optional(), target: z.string().max(200).optional() });
const As = z.strictObject({
  user: z.string().max(128),
  method: z.string().max(8),
  path: z.string().max(1000),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});
const Lost = z.strictObject({
  match: z.strictObject({ method: z.string().max(8).optional(), path: z.string().max(1000).optional(), node: z.string().max(64).optional() }).default({}),
  apply: z.boolean().default(true),
});

const Play = z.strictObject({ name: z.string().max(64), speed: z.number().optional(), days: z.array(z.number()).max(31).optional() });

const ok = (body: unknown): Reply => ({ status: 200, body });

function truth({ world, faults, docker, instance }: ControlSurroundings): unknown {
  return {
    instance,
    time: new Date(world.clock.now()).toISOString(),
    speed: world.clock.rate,
    seed: world.seed,
    nodes: [...world.nodes.values()].map((node) => ({
      name: node.name,
      power: node.power,
      phaseMs: Math.round(node.phaseMs),
      api: node.api,
      bootedAt: new Date(node.bootedAt).toISOString(),
    })),
    guests: [...world.guests.values()].map((guest) => ({
      vmid: guest.vmid,
      name: String(guest.config.name ?? guest.config.hostname ?? guest.seed.name),
      kind: guest.kind,
      node: guest.node,
      status: guest.paused ? "paused" : guest.status,
      ...(guest.startedAt > 0 ? { startedAt: new Date(guest.startedAt).toISOString() } : {}),
      ...(guest.lock ? { lock: guest.lock } : {}),
      ...(guest.ha ? { ha: guest.ha } : {}),
      ...(guest.lastStop ? { lastStop: { ...guest.lastStop, at: new Date(guest.lastStop.at).toISOString() } } : {}),
    })),
    storages: world.storages.map((storage) => ({ name: storage.name, type: storage.seed.type, shared: storage.seed.shared, active: storage.active })),
    tasks: world.tasks
      .all()
      .slice(0, 100)
      .map((task) => ({ upid: task.upid, exit: task.exit })),
    faults: faults.standing(),
    docker: docker(),
  };
}

async function actAs({ world, dispatch }: ControlSurroundings, body: unknown): Promise<Reply> {
  const { user, method, path, params } = As.parse(body);
  const known = methodOf(method.toUpperCase());
  if (!known) return { status: 400, body: { error: `there is no method ${method}` } };
  if (!world.accounts.users.has(user) && !world.accounts.tokens.has(user)) return { status: 400, body: { error: `there is no user or token '${user}'` } };
  const at = /\/nodes\/([^/]+)/.exec(path)?.[1] ?? [...world.nodes.values()].find((node) => node.power === "on")?.name ?? "";
  try {
    const result = await dispatch({ at, method: known, path: path.replace(/^\/api2\/json/, ""), parameters: params, caller: () => ({ who: user, viaToken: user.includes("!") }) });
    return ok({ status: 200, data: result.data });
  } catch (error) {
    if (!isFailure(error)) throw error;
    return ok({ status: error.status, message: error.message, ...(error.errors ? { errors: error.errors } : {}) });
  }
}

function breakOne({ faults }: ControlSurroundings, body: unknown): Reply {
  const order = FaultOrder.parse(body);
  const args = Object.fromEntries(
    Object.entries(order)
      .filter(([name]) => !NOT_ARGUMENTS.has(name))
      .map(([name, value]) => [name, String(value)]),
  );
  return ok(faults.break(order.name, order.target, args));
}

function route(around: ControlSurroundings, method: string, url: URL, body: unknown): Reply | Promise<Reply> {
  const since = Number(url.searchParams.get("since") ?? 0) || 0;
  const { world, traffic, faults } = around;
  switch (`${method} ${url.pathname}`) {
    case "GET /":
      return ok({ instance: around.instance, pid: process.pid });
    case "GET /state":
      return ok(truth(around));
    case "GET /effects":
      return ok({ effects: world.effects.since(since) });
    case "GET /requests":
      return ok({ requests: traffic.since(since) });
    case "GET /faults":
      return ok({ faults: faults.list(), standing: faults.standing() });
    case "POST /faults":
      return breakOne(around, body);
    case "DELETE /faults": {
      const { name, target } = Healing.parse(body ?? { name: url.searchParams.get("name") ?? undefined, target: url.searchParams.get("target") ?? undefined });
      return ok({ healed: faults.heal(name, target) });
    }
    case "POST /as":
      return actAs(around, body);
    case "POST /drop-reply":
      traffic.drop(Lost.parse(body));
      return ok({ waiting: true });
    case "GET /mails":
      return ok({ mails: around.mailbox.since(since) });
    case "GET /pushes":
      return ok({ pushes: around.push.outcomes() });
    case "GET /play":
      return ok({ plays: around.plays.list(), playing: around.plays.current() ?? null });
    case "POST /play": {
      const { name, speed, days } = Play.parse(body);
      return ok(around.plays.play(name, speed, days));
    }
    case "DELETE /play":
      around.plays.stop();
      return ok({ stopped: true });
    case "POST /stop":
      around.stop();
      return ok({ stopping: true });
    default:
      return { status: 404, body: { error: `the lab has no ${method} ${url.pathname}` } };
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new RangeError("the body is over 1 MiB");
    chunks.push(bytes);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? undefined : JSON.parse(text);
}

function failed(error: unknown): Reply {
  if (isUnknown(error)) {
    const near = "nearest" in error ? { nearest: error.nearest } : {};
    return { status: error.unknown === "argument" ? 400 : 404, body: { error: error.message, unknown: error.unknown, ...near } };
  }
  if (error instanceof z.ZodError) return { status: 400, body: { error: error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`).join("; ") } };
  return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
}

export function createControl(around: ControlSurroundings): Server {
  return createServer(async (request, response) => {
    let reply: Reply;
    try {
      if (request.headers.origin !== undefined || !HOSTS.test(request.headers.host ?? ""))
        reply = { status: 403, body: { error: "the lab's control API is for this machine's programs only" } };
      else reply = await route(around, request.method ?? "GET", new URL(request.url ?? "/", "http://127.0.0.1"), await bodyOf(request));
    } catch (error) {
      reply = failed(error);
    }
    response.writeHead(reply.status, { "Content-Type": "application/json" });
    response.end(`${JSON.stringify(reply.body)}\n`);
  });
}
