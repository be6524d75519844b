// What is found out about one guest beyond the shared list: what works on it, since when it is locked, its agent, snapshots, kills, storm, and whether its node forgot it at boot. Pure but for the notes it is handed.
import { z } from "jarvis";
import type { Memory } from "../../client/memory.ts";
import type { Facts } from "../../shapes/guest.ts";
import type { Task } from "../../shapes/task.ts";
import { TRAFFIC } from "../../shapes/traffic.ts";
import { needsOf, type Reach } from "../store-needs.ts";
import { agentOf, GuestAgent } from "./agent-state.ts";
import { bootMissed, MissedBoot } from "./boot.ts";
import type { GuestNotes } from "./notes.ts";
import type { Seen } from "./seen.ts";
import { Storm, stormOf, type Waits } from "./storm.ts";
import { isSwept, workOn } from "./work.ts";

const MINUTE_MS = 60_000;
/** A process killed longer ago is history. */
const KILL_STANDS_MS = 10 * MINUTE_MS;
/** A backup's snapshot that nobody works with and that is so old was left behind. */
const LEFT_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** `ageDays`: whole days. `leftoverAt`: of a backup's own snapshot that no backup is known to use any more. */
const SnapshotsFound = z.object({
  count: z.number().int(),
  oldest: z.object({ name: z.string(), at: z.string(), ageDays: z.number().int(), described: z.boolean() }).optional(),
  leftoverAt: z.string().optional(),
});

export const GuestFindings = z.object({
  ...TRAFFIC,
  /** Of a stopped guest: its last known start, and when it was first seen stopped. */
  lastStartedAt: z.string().optional(),
  stoppedAt: z.string().optional(),
  lockSince: z.string().optional(),
  /** Type of the task that works on it now; `unknown` while the tasks are not known. */
  work: z.string().optional(),
  /** Set to start when its node boots. */
  onboot: z.boolean().optional(),
  /** Ids of the storages its disks lie on, and of the node that is gone from which it was taken over. */
  needs: z.array(z.string()).optional(),
  bridges: z.array(z.string()).optional(),
  digest: z.string().optional(),
  agent: GuestAgent.optional(),
  snapshots: SnapshotsFound.optional(),
  kills: z.object({ count: z.number(), at: z.string(), process: z.string(), line: z.string(), source: z.string() }).optional(),
  storm: Storm.optional(),
  missedBoot: MissedBoot.optional(),
  /** It went down with everything on its node, as somebody ordered: a reboot, an evening's end. */
  swept: z.boolean().optional(),
});
export type Findings = z.input<typeof GuestFindings>;

export interface Around {
  readonly notes: GuestNotes;
  readonly memory: Memory;
  /** Undefined: not known, or old. */
  readonly tasks: ReadonlyMap<string, Task> | undefined;
  readonly reach: Reach;
  readonly waits: Waits;
  /** When each node booted, epoch ms of ours; only of nodes that are online. */
  readonly booted: ReadonlyMap<string, number>;
  /** Names of nodes that are offline. */
  readonly away: ReadonlySet<string>;
  readonly nowMs: number;
  /** How far the cluster's clock is ahead of ours. */
  readonly skewMs: number;
}

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

const snapshotsOf = ({ notes, nowMs, skewMs }: Around, vmid: number, work: string | undefined): Findings["snapshots"] => {
  const known = notes.snapshots.get(vmid);
  // Not to be had just now, what was known of them stands.
  if (known === undefined || (known.words !== undefined && known.snapshots.length === 0)) return undefined;
  const [oldest] = known.snapshots;
  // A backup that runs has its snapshot for as long as it takes; whether one does may not be known.
  const idle = work === undefined || work === "unknown";
  const leftover = known.snapshots.find(({ name, at }) => name === "vzdump" && idle && nowMs + skewMs - at > LEFT_MS);
  const ours = (ms: number): string => new Date(ms - skewMs).toISOString();
  const ageDays = oldest === undefined ? 0 : Math.max(0, Math.floor((nowMs + skewMs - oldest.at) / DAY_MS));
  return {
    count: known.snapshots.length,
    ...(oldest === undefined ? {} : { oldest: { name: oldest.name, at: ours(oldest.at), ageDays, described: oldest.described } }),
    ...(leftover === undefined ? {} : { leftoverAt: ours(leftover.at) }),
  };
};

/** What was killed before the present start is over with it. */
const killsOf = ({ notes, nowMs }: Around, vmid: number, startedMs: number): Findings["kills"] => {
  const kill = notes.kills.get(vmid);
  if (kill === undefined || nowMs - kill.at > KILL_STANDS_MS || kill.at < startedMs) return undefined;
  const { count, process, line, source } = kill;
  return { count, process, line, source, at: new Date(kill.at).toISOString() };
};

const ofConfig = (facts: Facts | undefined): Findings => {
  if (facts === undefined) return {};
  return {
    onboot: facts.onboot,
    ...(facts.bridges.length === 0 ? {} : { bridges: facts.bridges }),
    ...(facts.digest === undefined ? {} : { digest: facts.digest }),
  };
};

export const findingsOf = (seen: Seen, around: Around): Findings => {
  const { entry, vmid, node, status, startedAt } = seen;
  const { notes, memory, nowMs, skewMs } = around;
  notes.motion.see(entry, nowMs);
  const life = notes.lives.see({ vmid, status, startedAt, lock: entry.lock, nowMs });
  const facts = memory.facts.get(vmid)?.facts;
  const work = workOn(around.tasks, { vmid, node });
  const runs = status !== "stopped" && status !== "unknown";
  const fled = notes.flights.see(vmid, node, around.away);
  const needs = [...needsOf(facts?.storages ?? [], node, around.reach), ...(fled === undefined ? [] : [`node/${fled.toLowerCase()}`])];
  const rates = runs ? notes.motion.rates(vmid) : undefined;
  const found: Findings = {
    ...ofConfig(facts),
    ...(status === "running" ? notes.motion.traffic(vmid, nowMs) : {}),
    needs: needs.length === 0 ? undefined : needs,
    lastStartedAt: status === "stopped" ? iso(life.startedAt) : undefined,
    stoppedAt: runs ? undefined : iso(life.stoppedAt),
    lockSince: entry.lock === undefined ? undefined : iso(life.lock?.since),
    work: entry.template ? undefined : work.now,
    // Before its configuration is read, what an earlier run was told stands.
    agent: runs && facts?.agent !== false ? agentOf(notes.agents.get(vmid), { rates, cpu: entry.cpu, cpus: entry.maxcpu }) : undefined,
    snapshots: snapshotsOf(around, vmid, work.now),
    kills: runs ? killsOf(around, vmid, life.startedAt ?? 0) : undefined,
    storm: (work.now === undefined || work.now === "unknown") && rates !== undefined ? stormOf(rates, around.waits.get(node)) : undefined,
    swept: (status === "stopped" && isSwept(work, life.stoppedAt === undefined ? undefined : life.stoppedAt + skewMs)) || undefined,
    missedBoot: bootMissed({ seen, life, work, facts, ready: around.reach, bootedMs: around.booted.get(node), nowMs, skewMs }),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
};
