// Puts a whole lab together: world, listeners, control API, Docker engine, files; and takes it apart again. Order of the files: jarvis.yaml first, lab.json last.
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { join, resolve } from "node:path";
import { allRoutes } from "./api/all.ts";
import { attachConsoles } from "./api/console/attach.ts";
import { type Clock, realClock } from "./clock.ts";
import { createControl } from "./control.ts";
import { createDoors, type Doors } from "./door.ts";
import { startEngine } from "./engine.ts";
import { createFaults } from "./faults/all.ts";
import { proxmoxFaults } from "./faults/catalog.ts";
import { modelFaults } from "./faults/model.ts";
import { createWhyNot } from "./faults/why-not.ts";
import { clearKilled, findLab, labFile } from "./found.ts";
import { createTickets } from "./front/credential.ts";
import { createDispatch } from "./front/dispatch.ts";
import { createListener, type Surroundings } from "./front/listener.ts";
import { createTraffic } from "./front/traffic.ts";
import { identityOf } from "./identity.ts";
import { inputOf } from "./input.ts";
import { keepHouse, keepSecrets, readHouse, type Secrets, writeWhole } from "./keep.ts";
import { createMailbox } from "./mail/server.ts";
import { createTroubles } from "./model/trouble.ts";
import { openNeighbours, type Whereabouts } from "./neighbours.ts";
import type { RunOptions } from "./options.ts";
import { startNightly } from "./pbs/nightly.ts";
import { createPbs, PBS_NODE } from "./pbs/state.ts";
import { createPlays } from "./play/plays.ts";
import { LOOPBACK, listen } from "./ports.ts";
import { startPush } from "./push/push.ts";
import type { Settings } from "./settings.ts";
import { fillTemplate, readTemplate, templateDefaults } from "./template.ts";
import { fingerprintOf } from "./tls.ts";
import { createWorld } from "./world/create.ts";
import { beginningOf, keptOf, resume } from "./world/kept.ts";
import { runs } from "./world/machine/services.ts";

const OWNER_ONLY = 0o700;

export interface About extends Whereabouts {
  ready: true;
  pid: number;
  instance: string;
  startedBy: string;
  control: string;
  config: string;
  identity: string;
  dir: string;
  seed: number;
  speed: number;
  /** ISO 8601: the moment world time and real time were equal. */
  clockAnchor: string;
  dialect: string;
  pve: { nodes: { name: string; url: string; fingerprint: string }[]; tokens: { read: string; act: string }; users: { userid: string; password: string }[] };
  docker: { host: string; socket: string };
}

export interface Lab {
  /** The first line of stdout, and lab.json. */
  about: About;
  stop(): Promise<void>;
}

const close = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    if ("closeAllConnections" in server && typeof server.closeAllConnections === "function") server.closeAllConnections();
  });

async function openNodes(around: Surroundings, secrets: Secrets, firstPort: number, doors: Doors): Promise<About["pve"]["nodes"]> {
  const nodes: About["pve"]["nodes"] = [];
  for (const [index, node] of [...around.life.world.nodes.values()].entries()) {
    const certificate = secrets.certificates[node.name];
    if (!certificate) throw new Error(`there is no certificate for ${node.name}`);
    node.fingerprint = fingerprintOf(certificate.cert);
    const port = await doors.open({
      make() {
        const server = createListener(node, node.certificate ?? certificate, around);
        attachConsoles(server, node, around.life, around.tickets);
        return server;
      },
      port: firstPort === 0 ? 0 : firstPort + index,
      isOpen: () => node.power === "on" && runs(node.machine, "pveproxy"),
      version: () => node.fingerprint,
    });
    nodes.push({ name: node.name, url: `https://${LOOPBACK}:${port}`, fingerprint: node.fingerprint });
  }
  return nodes;
}

/** jarvis.yaml before lab.json: whoever finds the second finds the first. */
function writeFiles(about: About, identity: unknown, template: string): void {
  const { nodes, tokens } = about.pve;
  // A world without a backup server has none to configure.
  const backupServer = about.pbs === undefined ? null : { url: about.pbs.url, token: about.pbs.tokens.read, fingerprint: about.pbs.fingerprint };
  const holes = { ...about, backupServer, pve: { tokens, endpoints: nodes.map((node) => node.url), fingerprints: nodes.map((node) => node.fingerprint) } };
  writeWhole(about.identity, `${JSON.stringify(identity)}\n`);
  writeWhole(about.config, fillTemplate(template, holes));
  writeWhole(labFile(about.dir), `${JSON.stringify(about)}\n`);
}

async function prepare(options: RunOptions, settings: Settings, clock: Clock) {
  const template = readTemplate();
  const { input, seed } = inputOf(options, templateDefaults(template));
  const dir = resolve(options.dir ?? settings.dir);
  mkdirSync(dir, { recursive: true, mode: OWNER_ONLY });
  const running = await findLab(dir);
  if (running) throw new Error(`a lab runs in ${dir} already (pid ${running.pid}, ${running.control})`);
  clearKilled(dir);
  const names = input.nodes.map((node) => node.name);
  const secrets = keepSecrets(dir, [...names, PBS_NODE], new Date(clock.now()));
  const life = createWorld({ input, clock, seed, dialect: options.dialect, secrets });
  const beginning = beginningOf(life.world);
  const word = Bun.hash(JSON.stringify([input, seed])).toString(36);
  const before = readHouse(dir, word);
  if (before) resume(life.world, before);
  const leave = (broken: ReadonlySet<string>): void => {
    try {
      keepHouse(dir, word, keptOf(life.world, beginning, broken));
    } catch (error) {
      process.stderr.write(`How the house was left could not be kept in ${dir}; the next start begins it anew: ${String(error)}\n`);
    }
  };
  return { dir, template, seed, secrets, life, leave };
}

export async function startLab(options: RunOptions, settings: Settings, onStop: () => void, clock: Clock = realClock(options.speed)): Promise<Lab> {
  const { dir, template, seed, secrets, life, leave } = await prepare(options, settings, clock);
  const { world } = life;
  const tickets = createTickets(world, secrets.ticketKey);
  const traffic = createTraffic(() => clock.now());
  const dispatch = createDispatch(life, allRoutes(tickets, world.dialect));
  const doors = createDoors(clock);
  const servers: Server[] = [];
  const endings: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    const shut = doors.stop();
    life.stop();
    await Promise.all([shut, ...servers.map(close), ...endings.map((end) => end())]);
    if (endings.length > 0) rmSync(labFile(dir), { force: true });
  };
  try {
    const engine = await startEngine(dir, world, traffic);
    endings.push(engine.stop);
    const pbs = createPbs(world);
    const troubles = createTroubles();
    const faults = createFaults([...proxmoxFaults(world, dispatch, pbs), ...engine.faults, ...modelFaults(troubles)], () => clock.now(), createWhyNot(world));
    const instance = randomUUID();
    const first = options.port ?? settings.controlPort;
    const after = (count: number): number => (first === 0 ? 0 : first + count);
    const mailbox = createMailbox(() => clock.now());
    const push = startPush(world);
    const nights = startNightly(pbs);
    const plays = createPlays(world, pbs, dispatch);
    endings.push(async () => {
      push.stop();
      nights();
      plays.stop();
    });
    const control = createControl({ instance, world, dispatch, traffic, faults, docker: engine.truth, mailbox, push, plays, stop: onStop });
    servers.push(control);
    const controlAt = await listen(control, first);
    const nodes = await openNodes({ life, dispatch, tickets, traffic }, secrets, after(1), doors);
    const ending = (end: () => Promise<void>): void => void endings.push(end);
    const where = await openNeighbours({ world, dir, secrets, traffic, doors, pbs, mailbox, troubles, firstPort: after(1 + nodes.length), ending });
    const users = [...world.accounts.users.values()].map(({ userid, password = "" }) => ({ userid, password }));
    const tokens = { read: `jarvis@pve!observe=${secrets.read}`, act: `jarvis@pve!operate=${secrets.act}` };
    const about: About = {
      ready: true,
      pid: process.pid,
      instance,
      startedBy: options.startedBy,
      control: `http://${LOOPBACK}:${controlAt}`,
      config: join(dir, "jarvis.yaml"),
      identity: join(dir, "identity.json"),
      dir,
      seed,
      speed: clock.rate,
      clockAnchor: new Date(clock.anchorMs).toISOString(),
      dialect: world.dialect,
      pve: { nodes, tokens, users },
      docker: { host: "mgmt", socket: engine.socket },
      ...where,
    };
    writeFiles(about, identityOf(world), template);
    const leaveAndStop = (): Promise<void> => {
      leave(new Set(faults.standing().map(({ target }) => target)));
      return stop();
    };
    return { about, stop: leaveAndStop };
  } catch (error) {
    await stop();
    throw error;
  }
}
