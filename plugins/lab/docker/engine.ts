// The lab's Docker engine on a unix socket: the 16 containers of the management VM. It refuses a socket path that is a file of another kind.
import { lstatSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { dirname } from "node:path";
import type { Duplex } from "node:stream";
import type { Clock } from "../clock.ts";
import { type Random, randomOf } from "../random.ts";
import type { Engine } from "./ask.ts";
import { type Box, createBox } from "./box.ts";
import { CATALOG } from "./catalog.ts";
import { createEvents } from "./events.ts";
import { startUpgraded } from "./exec.ts";
import { Failure } from "./failure.ts";
import { type ContainerFault, createFaults } from "./faults.ts";
import { checkOnce, superviseHealth } from "./health.ts";
import * as reply from "./reply.ts";
import { answer, withoutVersion } from "./routes.ts";
import { attach, createStock } from "./stock.ts";
import { endTimers } from "./world.ts";

const HOST = "mgmt";
const USER = "docker";
const MAX_BODY_BYTES = 1_048_576;

interface Recorded {
  user: string;
  method: string;
  path: string;
  target: string;
}

/** What the control surface may do to one request: nothing, lose it before it has an effect, or lose only the reply. */
export type Fate = "answer" | "drop-before" | "drop-after";

export interface DockerOptions {
  readonly socketPath: string;
  readonly clock: Clock;
  readonly seed: number;
  /** Puts a change that was really made into the lab's book. */
  readonly record: (effect: Recorded) => void;
  /** Told of every request before it is answered; may decide its fate. */
  readonly requests?: (request: { method: string; path: string }) => Fate | undefined;
}

export interface DockerTruth {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly exitCode: number;
  readonly health: string | undefined;
  readonly startedAt: string;
}

export interface LabDocker {
  readonly socketPath: string;
  readonly faults: ContainerFault[];
  /** The containers as they really are. */
  truth(): DockerTruth[];
  stop(): Promise<void>;
}

function clearOldSocket(path: string): void {
  const old = lstatSync(path, { throwIfNoEntry: false });
  if (old === undefined) return;
  if (!old.isSocket()) throw new Error(`${path} is there already and is no socket`);
  rmSync(path);
}

/** Undefined where there is none; one that is too long ends the connection. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  if (request.headers["content-length"] === undefined && request.headers["transfer-encoding"] === undefined) return void request.resume();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request) {
    const bytes = Buffer.from(piece);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return void request.destroy();
    pieces.push(bytes);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** Only a command's start goes on over the bare connection. */
function upgrade(engine: Engine, request: IncomingMessage, socket: Duplex): void {
  try {
    const [, id = ""] = /^\/exec\/([0-9a-f]+)\/start$/.exec(withoutVersion(new URL(request.url ?? "/", "http://docker").pathname)) ?? [];
    startUpgraded(engine, id, socket);
  } catch (thrown) {
    const status = thrown instanceof Failure ? thrown.status : 500;
    const body = `${JSON.stringify({ message: thrown instanceof Error ? thrown.message : "unknown" })}\n`;
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
}

function houseOf(random: Random, nowMs: number): Pick<Engine, "boxes" | "stock"> {
  const stock = createStock(CATALOG, nowMs);
  const boxes: Box[] = [];
  for (const made of CATALOG) {
    const network = stock.networks.find(({ name }) => name === `${made.project}_default`);
    const imageId = stock.images.find(({ tags }) => tags.includes(made.image))?.id ?? "";
    boxes.push(createBox(made, { imageId, networks: network ? [attach(network, boxes)] : [] }, nowMs, random));
  }
  return { boxes, stock };
}

async function serve(engine: Engine, options: DockerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? "GET";
  const url = new URL(request.url ?? "/", "http://docker");
  response.setHeader("Date", new Date(engine.clock.now()).toUTCString());
  const body = await bodyOf(request);
  const fate = options.requests?.({ method, path: `${url.pathname}${url.search}` }) ?? "answer";
  if (fate === "drop-before") return void request.socket.destroy();
  if (fate === "drop-after") {
    // The reply's first bytes never leave: the connection is gone, the act goes on.
    request.socket.destroy();
  }
  try {
    await answer({ engine, query: url.searchParams, body, response }, method, url);
  } catch (thrown) {
    if (response.headersSent) return void response.end();
    if (thrown instanceof Failure) return reply.failure(response, thrown.status, thrown.message);
    reply.failure(response, 500, thrown instanceof Error ? thrown.message : "unknown");
  }
}

export async function startDocker(options: DockerOptions): Promise<LabDocker> {
  const { socketPath, clock, seed, record } = options;
  const random = randomOf(seed, "docker");
  const { boxes, stock } = houseOf(random, clock.now());
  const events = createEvents(clock.now);
  const targetOf = (name: string): string => `container/${HOST}/${name}`;
  const engine: Engine = {
    clock,
    events,
    random,
    boxes,
    stock,
    note: (box, method, path) => record({ user: USER, method, path, target: targetOf(box.made.name) }),
    noteOther: (kind, name, method, path) => record({ user: USER, method, path, target: `${kind}/${HOST}/${name}` }),
  };
  const faults = createFaults({ world: engine, boxes, host: HOST, note: (box, user, path) => record({ user, method: "POST", path, target: targetOf(box.made.name) }) });
  for (const box of boxes) {
    checkOnce(engine, box);
    superviseHealth(engine, box);
  }
  mkdirSync(dirname(socketPath), { recursive: true });
  clearOldSocket(socketPath);
  const server = createServer((request, response) => void serve(engine, options, request, response).catch(() => request.destroy()));
  server.on("upgrade", (request, socket) => upgrade(engine, request, socket));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  return {
    socketPath,
    faults,
    truth: () =>
      boxes.map((box) => ({
        name: box.made.name,
        id: box.id,
        status: box.status,
        exitCode: box.exitCode,
        health: box.health?.status,
        startedAt: new Date(box.startedMs).toISOString(),
      })),
    async stop() {
      for (const box of boxes) endTimers(box);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(socketPath, { force: true });
    },
  };
}
