// What stands in the way of moving a guest to another node: read from both nodes, and judged. Decides nothing it cannot see: what is not told stands in the way.
import { JarvisError, z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { type Asked, ask } from "../probe/ask.ts";
import { ClusterRows, membershipOf } from "../shapes/cluster.ts";
import type { Current, GuestConfig } from "../shapes/guest.ts";
import { looseRows, looseText } from "../shapes/loose.ts";
import { memoryFreeOf, NodeMemory } from "../shapes/node.ts";
import { boundHere, cdromsOf, type Disk, devicesHere, disksOf, inGib } from "./guest-disks.ts";
import { isUp, type Store, storesOn, tooTight } from "./guest-room.ts";
import { refused } from "./guest-task.ts";
import type { Place } from "./locate.ts";

const LEAST_FREE = 0.1;

const Machine = NodeMemory.extend({ cpuinfo: z.object({ model: looseText }).optional(), pveversion: looseText });
type Machine = z.output<typeof Machine>;
const HaRows = looseRows(z.object({ type: looseText, node: looseText, status: looseText }));

export interface Move {
  readonly name: string;
  readonly sort: Place["sort"];
  readonly running: boolean;
  readonly memoryBytes: number | undefined;
  readonly config: GuestConfig;
  readonly target: string;
  /** The caller knows that disks must be copied. */
  readonly withLocalDisks: boolean;
}

/** Both nodes as they answered. */
export interface Seen {
  readonly stores: Asked<Store[]>;
  readonly here: Asked<Machine>;
  readonly there: Asked<Machine>;
  readonly ha: Asked<z.output<typeof HaRows>>;
}

/** The member that is meant, whatever its case; refuses the node it is on, one that is offline, and one that is not there. */
export const targetNode = async (ctx: Ctx, wanted: string, place: Place): Promise<string> => {
  const { nodes } = membershipOf(await ctx.client.get(ctx, "/cluster/status", ClusterRows));
  const found = nodes.find((node) => node.name === wanted) ?? nodes.find((node) => node.name.toLowerCase() === wanted.toLowerCase().replace(/^node\//, ""));
  if (found === undefined) throw new JarvisError("not_found", { message: `There is no node ${wanted} in this cluster (${nodes.map((node) => node.name).join(", ")}).` });
  if (found.name === place.node) throw refused(`${place.name} is on ${place.node} already.`);
  if (!found.online) throw refused(`Node ${found.name} is offline; ${place.name} cannot move there.`);
  return found.name;
};

export const lookAtBoth = async (ctx: Ctx, from: string, to: string): Promise<Seen> => {
  const { client } = ctx;
  const [stores, here, there, ha] = await Promise.all([
    ask(storesOn(ctx, to)),
    ask(client.get(ctx, path`/nodes/${from}/status`, Machine)),
    ask(client.get(ctx, path`/nodes/${to}/status`, Machine)),
    ask(client.get(ctx, "/cluster/ha/status/current", HaRows)),
  ]);
  return { stores, here, there, ha };
};

const MOST_DISKS = 10;
const list = (words: readonly string[]): string => words.slice(0, MOST_DISKS).join(", ");

export const localDisksOf = (stores: readonly Store[], disks: readonly Disk[]): Disk[] =>
  disks.filter((disk) => stores.find((store) => store.storage === disk.storage)?.shared !== true);

function* ofDisks({ config, target, withLocalDisks, name }: Move, stores: readonly Store[]): Generator<string> {
  const disks = disksOf(config);
  const missing = disks.filter((disk) => !stores.some((store) => store.storage === disk.storage && isUp(store)));
  if (missing.length > 0)
    yield `storage ${list([...new Set(missing.map((disk) => disk.storage))])} of its disks ${list(missing.map((disk) => disk.key))} is not online on ${target}`;
  const local = localDisksOf(stores, disks).filter((disk) => !missing.includes(disk));
  if (local.length > 0 && !withLocalDisks)
    yield `its disks ${list(local.map((disk) => disk.volume))} are local and must be copied: say withLocalDisks to agree to the time and load of that`;
  for (const store of stores) {
    const own = local.filter((disk) => disk.storage === store.storage);
    if (own.length === 0) continue;
    const unknown = own.find((disk) => disk.bytes === undefined);
    if (unknown !== undefined) yield `the size of its disk ${unknown.key} is not in its configuration`;
    const tight = tooTight(
      store,
      own.reduce((sum, disk) => sum + (disk.bytes ?? 0), 0),
      target,
    );
    if (tight !== undefined) yield tight.replace(/\.$/, "");
  }
  const bound = boundHere(config);
  if (bound.length > 0) yield `${list(bound)} of ${name} is a folder of its node`;
  const images = cdromsOf(config).filter((drive) => stores.find((store) => store.storage === drive.storage)?.shared !== true);
  if (images.length > 0) yield `${list(images.map((drive) => drive.key))} holds an image that is not on a shared storage`;
}

function* ofDevices({ config, running }: Move): Generator<string> {
  const devices = devicesHere(config);
  if (devices.length > 0) yield `${list(devices)} ${running ? "is a device" : "names a device"} of the node it is on`;
}

const releaseOf = (machine: Machine): number[] | undefined => {
  const [, major, minor] = /pve-manager\/(\d+)\.(\d+)/.exec(machine.pveversion ?? "") ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)];
};

const isOlder = ([major = 0, minor = 0]: number[], [otherMajor = 0, otherMinor = 0]: number[]): boolean => major < otherMajor || (major === otherMajor && minor < otherMinor);

function* ofMachines({ config, running, sort, target }: Move, here: Machine, there: Machine): Generator<string> {
  if (!running || sort === "lxc") return;
  const [from, to] = [releaseOf(here), releaseOf(there)];
  if (from === undefined || to === undefined) yield "which release of Proxmox VE the two nodes run could not be learned";
  else if (isOlder(to, from)) yield `${target} runs Proxmox VE ${to.join(".")}, older than the ${from.join(".")} it runs on: a live move goes only to the same or a newer one`;
  const cpu = /^(?:cputype=)?([^,]+)/.exec(typeof config.cpu === "string" ? config.cpu : "")?.[1];
  const [model, other] = [here.cpuinfo?.model, there.cpuinfo?.model];
  if ((cpu === "host" || cpu === "max") && (model === undefined || model !== other))
    yield `its CPU type is ${cpu}, and ${target} has another processor (${other ?? "unknown"} instead of ${model ?? "unknown"}): stop it first, or give it a common CPU type`;
}

function* ofRoom({ memoryBytes, running, target }: Move, there: Machine): Generator<string> {
  if (!running) return;
  const [total, free] = [there.memory.total, memoryFreeOf(there)];
  if (total === undefined || free === undefined || total <= 0 || memoryBytes === undefined) yield `how much memory ${target} would have left could not be learned`;
  else if ((free - memoryBytes) / total < LEAST_FREE)
    yield `${target} has ${inGib(free)} of ${inGib(total)} memory free, and with ${inGib(memoryBytes)} less fewer than 10 % would stay`;
}

/** All that stands in the way, each as half a sentence; empty: nothing. */
export const obstacles = (move: Move, { stores, here, there, ha }: Seen): string[] => {
  if (stores.value === undefined) return [`the storages of ${move.target} could not be read (${stores.words})`];
  if (here.value === undefined || there.value === undefined) return [`the state of the two nodes could not be read (${here.words ?? there.words})`];
  const lrm = ha.value?.find((row) => row.type === "lrm" && row.node === move.target);
  const leaving = /maintenance|dead|fence/i.exec(lrm?.status ?? "")?.[0];
  return [
    ...(leaving === undefined ? [] : [`HA says of ${move.target}: ${lrm?.status ?? leaving}`]),
    ...(ha.value === undefined ? [`whether HA has ${move.target} in maintenance could not be read (${ha.words})`] : []),
    ...ofDisks(move, stores.value),
    ...ofDevices(move),
    ...ofMachines(move, here.value, there.value),
    ...ofRoom(move, there.value),
  ];
};

export const moveOf = (place: Place, current: Current, config: GuestConfig, to: { target: string; withLocalDisks: boolean }): Move => ({
  name: place.name,
  sort: place.sort,
  running: current.status === "running",
  memoryBytes: current.maxmem,
  config,
  ...to,
});
