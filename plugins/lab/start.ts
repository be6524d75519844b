// Puts a whole lab together: world, listeners, control API, Docker engine, files; and takes it apart again. Order of the files: jarvis.yaml first, lab.json last.
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { allRoutes } from "./api/all.ts";
import { type Clock, realClock } from "./clock.ts";
import { createControl } from "./control.ts";
import { createFaults, proxmoxFaults } from "./faults/all.ts";
import { findLab, labFile } from "./found.ts";
import { createTickets } from "./front/credential.ts";
import { createDispatch } from "./front/dispatch.ts";
import { createListener } from "./front/listener.ts";
import { createTraffic } from "./front/traffic.ts";
import { identityOf } from "./identity.ts";
import { keepSecrets, type Secrets, writeWhole } from "./keep.ts";
import { type RunOptions, usage } from "./options.ts";
import { LOOPBACK, listen } from "./ports.ts";
import { fillTemplate, readTemplate, templateDefaults } from "./template.ts";
import { fingerprintOf } from "./tls.ts";
import { createWorld } from "./world/create.ts";
import { isSize, worldOf } from "./world/generate.ts";
import { type WorldInput, WorldSeed } from "./world/schema.ts";

const SOCKET_PATH_LIMIT_BYTES = 100;
const OWNER_ONLY = 0o700;

export interface Lab {
  /** The first line of stdout, and lab.json. */
  about: Record<string, unknown> & { control: string };
  stop(): Promise<void>;
}

function readWorld(path: string): WorldInput {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw usage(`--world ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const world = WorldSeed.safeParse(parsed);
  if (!world.success)
    throw usage(
      `--world ${path}: ${world.error.issues
        .map((issue) => `${issue.path.join(".")}: ${issue.message}`)
        .slice(0, 5)
        .join("; ")}`,
    );
  return world.data;
}

export function inputOf(options: RunOptions, defaults: { size: string; seed: number }): { input: WorldInput; seed: number } {
  const seed = options.seed ?? defaults.seed;
  const size = options.size ?? defaults.size;
  if (!isSize(size)) throw usage(`--size is home, rack or fleet, not '${size}'`);
  const base = options.world === undefined ? undefined : readWorld(options.world);
  return { input: worldOf({ size: base ? "home" : size, guests: options.guests, seed, ...(base ? { base } : {}) }), seed };
}

/** A path the kernel takes: the folder's own, or a private folder under the temp folder when that one is too long. */
function socketPath(dir: string): { path: string; clean(): void } {
  const own = join(dir, "docker.sock");
  if (Buffer.byteLength(own) <= SOCKET_PATH_LIMIT_BYTES) return { path: own, clean: () => rmSync(own, { force: true }) };
  const folder = mkdtempSync(join(tmpdir(), "jarvis-lab-"));
  return { path: join(folder, "docker.sock"), clean: () => rmSync(folder, { recursive: true, force: true }) };
}

const close = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    if ("closeAllConnections" in server && typeof server.closeAllConnections === "function") server.closeAllConnections();
  });

export async function startLab(
  options: RunOptions,
  { dir: defaultDir, controlPort }: { dir: string; controlPort: number },
  onStop: () => void,
  clock: Clock = realClock(options.speed),
): Promise<Lab> {
  const dir = resolve(options.dir ?? defaultDir);
  mkdirSync(dir, { recursive: true, mode: OWNER_ONLY });
  const running = await findLab(dir);
  if (running) throw new Error(`a lab runs in ${dir} already (pid ${running.pid}, ${running.control})`);
  const template = readTemplate();
  const { input, seed } = inputOf(options, templateDefaults(template));
  const secrets: Secrets = keepSecrets(
    dir,
    input.nodes.map((node) => node.name),
    new Date(clock.now()),
  );
  const life = createWorld({ input, clock, seed, dialect: options.dialect, secrets });
  const { world } = life;
  const tickets = createTickets(world, secrets.ticketKey);
  const traffic = createTraffic(() => clock.now());
  const dispatch = createDispatch(life, allRoutes(tickets));
  const servers: Server[] = [];
  const endings: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    life.stop();
    await Promise.all(servers.map(close));
    for (const end of endings) await end();
    rmSync(labFile(dir), { force: true });
  };
  try {
    const first = options.port ?? controlPort;
    const nodes: { name: string; url: string; fingerprint: string }[] = [];
    const faultList = [...proxmoxFaults(world, dispatch)];
    const dockerState = (): unknown => undefined;
    let about: Lab["about"] = { control: "" };
    const instance = randomUUID();
    const faults = createFaults(faultList, () => clock.now());
    const control = createControl({ instance, world, dispatch, traffic, faults, about: () => about, docker: () => dockerState(), stop: onStop });
    servers.push(control);
    const controlAt = await listen(control, first);
    for (const [index, node] of [...world.nodes.values()].entries()) {
      const certificate = secrets.certificates[node.name];
      if (!certificate) throw new Error(`there is no certificate for ${node.name}`);
      node.fingerprint = fingerprintOf(certificate.cert);
      const server = createListener(node, certificate, { life, dispatch, tickets, traffic });
      servers.push(server);
      const port = await listen(server, first === 0 ? 0 : first + 1 + index);
      nodes.push({ name: node.name, url: `https://${LOOPBACK}:${port}`, fingerprint: node.fingerprint });
    }
    const socket = socketPath(dir);
    endings.push(socket.clean);
    const config = join(dir, "jarvis.yaml");
    const identity = join(dir, "identity.json");
    const users = [...world.accounts.users.values()].map(({ userid, password }) => ({ userid, password }));
    const tokens = { read: `jarvis@pve!observe=${secrets.read}`, act: `jarvis@pve!operate=${secrets.act}` };
    about = {
      ready: true,
      pid: process.pid,
      instance,
      startedBy: options.startedBy,
      control: `http://${LOOPBACK}:${controlAt}`,
      config,
      identity,
      dir,
      seed,
      speed: clock.rate,
      dialect: world.dialect,
      pve: { nodes, tokens, users },
      docker: { host: "mgmt", socket: socket.path },
    };
    writeWhole(identity, `${JSON.stringify(identityOf(world))}\n`);
    const holes = { ...about, pve: { tokens, endpoints: nodes.map((node) => node.url), fingerprints: nodes.map((node) => node.fingerprint) } };
    writeWhole(config, fillTemplate(template, holes));
    writeWhole(labFile(dir), `${JSON.stringify(about)}\n`);
    return { about, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
