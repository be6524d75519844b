// The lab's Docker engine on a unix socket: the 16 containers of the management VM. It refuses a socket path that is a file of another kind.
import { lstatSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname } from "node:path";
import type { Clock } from "../clock.ts";
import { randomOf } from "../random.ts";
import { createBox } from "./box.ts";
import { CATALOG } from "./catalog.ts";
import { createEvents } from "./events.ts";
import { Failure } from "./failure.ts";
import { type ContainerFault, createFaults } from "./faults.ts";
import { checkOnce, superviseHealth } from "./health.ts";
import * as reply from "./reply.ts";
import { answer, type Engine } from "./routes.ts";
import { endTimers } from "./world.ts";

const HOST = "mgmt";
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

async function serve(engine: Engine, options: DockerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? "GET";
  const url = new URL(request.url ?? "/", "http://docker");
  response.setHeader("Date", new Date(engine.clock.now()).toUTCString());
  let size = 0;
  request.on("data", (piece: Uint8Array) => {
    size += piece.length;
    if (size > MAX_BODY_BYTES) request.destroy();
  });
  const fate = options.requests?.({ method, path: `${url.pathname}${url.search}` }) ?? "answer";
  if (fate === "drop-before") return void request.socket.destroy();
  if (fate === "drop-after") {
    // The reply's first bytes never leave: the connection is gone, the act goes on.
    request.socket.destroy();
  }
  try {
    await answer(engine, method, url, response);
  } catch (thrown) {
    if (response.headersSent) return void response.end();
    if (thrown instanceof Failure) return reply.failure(response, thrown.status, thrown.message);
    reply.failure(response, 500, thrown instanceof Error ? thrown.message : "unknown");
  }
}

export async function startDocker(options: DockerOptions): Promise<LabDocker> {
  const { socketPath, clock, seed, record } = options;
  const random = randomOf(seed, "docker");
  const boxes = CATALOG.map((made, index) => createBox(made, index, clock.now(), random));
  const events = createEvents(clock.now);
  const targetOf = (name: string): string => `container/${HOST}/${name}`;
  const engine: Engine = { clock, events, random, boxes, note: (box, method, path) => record({ user: "docker", method, path, target: targetOf(box.made.name) }) };
  const faults = createFaults({ world: engine, boxes, host: HOST, note: (box, user, path) => record({ user, method: "POST", path, target: targetOf(box.made.name) }) });
  for (const box of boxes) {
    checkOnce(engine, box);
    superviseHealth(engine, box);
  }
  mkdirSync(dirname(socketPath), { recursive: true });
  clearOldSocket(socketPath);
  const server = createServer((request, response) => void serve(engine, options, request, response));
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
