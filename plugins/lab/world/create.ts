// Brings a world to life from its data: nodes, guests, accounts, history, rounds. It refuses data that does not fit world/schema.ts, naming the place.
import type { Clock } from "../clock.ts";
import type { Secrets } from "../keep.ts";
import { randomOf } from "../random.ts";
import { createAccounts } from "./accounts.ts";
import { ROUND_MS, startBroadcasts } from "./broadcast.ts";
import { createClusterLog } from "./cluster-log.ts";
import { createEffects } from "./effects.ts";
import { homeFirewall, openFirewall } from "./firewall.ts";
import { makeGuest } from "./guests/make.ts";
import { type Ha, startHa } from "./ha.ts";
import { recall } from "./history.ts";
import { startBackupJobs } from "./jobs/backup.ts";
import { backupJobsOf, replicationOf } from "./jobs/make.ts";
import { startReplication } from "./jobs/replicate.ts";
import { createJournals } from "./journal.ts";
import { machineOf } from "./machine/make.ts";
import { type WorldInput, WorldSeed } from "./schema.ts";
import type { Dialect, Guest, Node, Pool, World } from "./state.ts";
import { createTasks } from "./tasks.ts";

const DAY_MS = 86_400_000;
const PAST_MS = 400 * DAY_MS;
const REBOOT_MS = 180_000;

export interface Life {
  world: World;
  ha: Ha;
  stop(): void;
}

export interface WorldOrder {
  input: WorldInput;
  clock: Clock;
  seed: number;
  dialect: Dialect;
  secrets: Secrets;
}

function nodesOf(world: WorldSeed, seed: number, now: number, dialect: Dialect): Map<string, Node> {
  const share = ROUND_MS / world.nodes.length;
  return new Map(
    world.nodes.map((node, index) => {
      const random = randomOf(seed, `node/${node.name}`);
      const phaseMs = (share * index + random.between(0.1, 0.9) * share + ROUND_MS) % ROUND_MS;
      const pids = {
        pvedaemon: random.whole(1_150, 1_290),
        pveproxy: random.whole(1_300, 1_390),
        qmeventd: random.whole(700, 840),
        pvescheduler: random.whole(1_400, 1_490),
        pvestatd: random.whole(1_050, 1_140),
      };
      const bootedAt = now - node.uptimeDays * DAY_MS;
      const resolver = world.guests.find(({ tags, address }) => tags.includes("dns") && address !== undefined)?.address;
      const machine = machineOf({ seed, node, alone: world.nodes.length === 1, storages: world.storages, resolver, dialect, now, bootedAt });
      const past = [{ from: bootedAt - PAST_MS, to: bootedAt - REBOOT_MS }];
      const well = { past, power: "on", segment: 0, maintenance: false, machine, firewall: openFirewall(), api: { kind: "well" } } as const;
      return [node.name, { ...well, seed: node, name: node.name, id: index + 1, bootedAt, phaseMs, fingerprint: "", pids }];
    }),
  );
}

function accountsOf(secrets: Secrets, dialect: Dialect, poolOf: (path: string) => string | undefined) {
  const users = [
    { userid: "root@pam", password: secrets.passwords["root@pam"], enabled: true, comment: "" },
    { userid: "olli@pve", password: secrets.passwords["olli@pve"], enabled: true, comment: "the owner" },
    { userid: "guest@pve", password: secrets.passwords["guest@pve"], enabled: true, comment: "may look at little" },
    { userid: "jarvis@pve", password: secrets.passwords["jarvis@pve"], enabled: true, comment: "Jarvis" },
  ].map(({ password, ...user }) => ({ ...user, ...(password === undefined ? {} : { password }) }));
  const token = (id: string, secret: string, privsep: boolean) => ({ id, secret, privsep, revoked: false });
  const tokens = [token("jarvis@pve!observe", secrets.read, true), token("jarvis@pve!operate", secrets.act, true), token("root@pam!automation", secrets.automation, false)];
  const grant = (path: string, ugid: string, role: string) => ({ path, ugid, type: ugid.includes("!") ? ("token" as const) : ("user" as const), role, propagate: true });
  const grants = [
    grant("/", "olli@pve", "Administrator"),
    grant("/vms/101", "guest@pve", "PVEVMUser"),
    ...["jarvis@pve", "jarvis@pve!operate"].flatMap((who) => [grant("/vms", who, "JarvisOperate"), grant("/storage", who, "JarvisOperate")]),
    ...["jarvis@pve", "jarvis@pve!observe", "jarvis@pve!operate"].map((who) => grant("/", who, "JarvisRead")),
  ];
  return createAccounts({ users, tokens, grants, dialect, poolOf });
}

function poolOf(path: string, guests: ReadonlyMap<number, Guest>, pools: ReadonlyMap<string, Pool>): string | undefined {
  const [, kind, name = ""] = path.split("/");
  if (kind === "vms") return guests.get(Number(name))?.pool;
  for (const pool of pools.values()) if (pool.storages.includes(name)) return pool.poolid;
  return undefined;
}

const networkOf = (world: WorldSeed): string => `${(world.nodes[0]?.address ?? "192.168.1.1").replace(/\.\d+$/, ".0")}/24`;

const optionsOf = (network: string): Record<string, unknown> => ({
  "allowed-tags": [],
  "tag-style": { shape: "circle" },
  keyboard: "en-us",
  mac_prefix: "BC:24:11",
  migration: { type: "secure", network },
  ha: { shutdown_policy: "conditional" },
  "next-id": { lower: "100", upper: "1000000" },
});

function votesOf({ nodes, qdevice }: WorldSeed): Pick<World, "expectedVotes" | "qdevice"> {
  const ofNodes = nodes.reduce((sum, node) => sum + node.votes, 0);
  if (!qdevice) return { expectedVotes: ofNodes };
  const votes = qdevice.algorithm === "lms" ? ofNodes - 1 : 1;
  return { expectedVotes: ofNodes + votes, qdevice: { ...qdevice, votes, connected: true } };
}

export function createWorld({ input, clock, seed, dialect, secrets }: WorldOrder): Life {
  const data = WorldSeed.parse(input);
  const now = clock.now();
  const nodes = nodesOf(data, seed, now, dialect);
  const journals = createJournals(() => clock.now());
  const log = createClusterLog();
  const guests = new Map(data.guests.map((guest) => [guest.vmid, makeGuest(seed, guest, now, nodes.get(guest.node)?.bootedAt ?? now)]));
  const pools = new Map(data.pools.map(({ id, comment }): [string, Pool] => [id, { poolid: id, comment, storages: [] }]));
  const tasks = createTasks({ clock, seed, bootedAt: (node) => nodes.get(node)?.bootedAt ?? now, daemonPid: (node) => nodes.get(node)?.pids.pvedaemon ?? 1_200, journals, log });
  const world: World = {
    clock,
    seed,
    dialect,
    cluster: data.cluster,
    nodes,
    guests,
    storages: data.storages.map((storage) => ({ seed: storage, name: storage.name, active: true, offOn: new Set(), hangsOn: new Set(), fill: new Map(), disabled: false })),
    backups: [],
    backupJobs: backupJobsOf(data),
    replication: replicationOf(data, seed, now),
    pools,
    haRules: [],
    ...votesOf(data),
    backupRelease: data.backupServer?.release ?? (dialect === "9.1" ? "4.1.2" : "3.4.8"),
    firewall: homeFirewall(networkOf(data)),
    metricServers: new Map(),
    options: optionsOf(networkOf(data)),
    broadcasts: new Map(),
    tasks,
    journals,
    log,
    effects: createEffects(() => clock.now()),
    accounts: accountsOf(secrets, dialect, (path) => poolOf(path, guests, pools)),
  };
  const stops = [recall(world), startBroadcasts(world), startBackupJobs(world), startReplication(world)];
  const ha = startHa(world);
  const stop = (): void => {
    for (const end of [...stops, ha.stop]) end();
    clock.stop();
  };
  return { world, ha, stop };
}
