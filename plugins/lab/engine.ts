// Joins the Docker engine to the lab: its socket in the lab's folder, its changes and calls in the lab's books, its faults among the others.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDocker } from "./docker/engine.ts";
import type { Fault } from "./faults/fault.ts";
import { PRIVATE_FOLDER } from "./found.ts";
import type { Traffic } from "./front/traffic.ts";
import type { World } from "./world/state.ts";

const SOCKET_PATH_LIMIT_BYTES = 100;
const NODE = "docker";

export interface Engine {
  socket: string;
  faults: Fault[];
  truth(): unknown;
  stop(): Promise<void>;
}

/** A path the kernel takes: the folder's own, or a private folder under the temp folder when that one is too long. */
function socketPath(dir: string): { path: string; clean(): void } {
  const own = join(dir, "docker.sock");
  if (Buffer.byteLength(own) <= SOCKET_PATH_LIMIT_BYTES) return { path: own, clean: () => rmSync(own, { force: true }) };
  const folder = mkdtempSync(join(tmpdir(), PRIVATE_FOLDER));
  return { path: join(folder, "docker.sock"), clean: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function startEngine(dir: string, world: World, traffic: Traffic): Promise<Engine> {
  const socket = socketPath(dir);
  const docker = await startDocker({
    socketPath: socket.path,
    clock: world.clock,
    seed: world.seed,
    record: (effect) => void world.effects.add(effect),
    requests({ method, path }) {
      traffic.record({ node: NODE, method, path, user: NODE });
      const drop = traffic.takeDrop({ method, path, node: NODE });
      return drop ? (drop.apply ? "drop-after" : "drop-before") : "answer";
    },
  });
  const well = (target: string): boolean => docker.truth().some((box) => target.endsWith(`/${box.name}`) && box.status === "running" && box.health !== "unhealthy");
  return {
    socket: socket.path,
    faults: docker.faults.map((fault) => ({ ...fault, stands: (target) => !well(target) })),
    truth: () => docker.truth(),
    async stop() {
      await docker.stop();
      socket.clean();
    },
  };
}
