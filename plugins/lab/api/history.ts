// rrddata: the same signals as the live numbers, sampled back in time; while a guest was down its points hold only the time and its sizes.
import { oneOf, required, textOf } from "../front/parameters.ts";
import { type Call, get, needs, needsAny, type Route } from "../front/route.ts";
import { guestsOn, loadOf, nodeLoadOf, nodeTrafficOf, runningSince, SWAP_BYTES, upSince } from "../world/load.ts";
import { GIB, MIB, seconds, type World } from "../world/state.ts";
import { usageOf } from "../world/storage.ts";
import { guestOf } from "./guests/find.ts";
import { pressures } from "./guests/list.ts";
import { storageOf } from "./stores/find.ts";

const DAY_MS = 86_400_000;
const GROWTH_BYTES_PER_DAY = 0.14 * GIB;

interface Frame {
  stepS: number;
  points: number;
}

const NEW_FRAMES: Readonly<Record<string, Frame>> = {
  hour: { stepS: 60, points: 60 },
  day: { stepS: 60, points: 1440 },
  week: { stepS: 1800, points: 336 },
  month: { stepS: 1800, points: 1440 },
  year: { stepS: 21_600, points: 1440 },
  decade: { stepS: 604_800, points: 570 },
};
const OLD_FRAMES: Readonly<Record<string, Frame>> = {
  hour: { stepS: 60, points: 70 },
  day: { stepS: 1800, points: 70 },
  week: { stepS: 10_800, points: 70 },
  month: { stepS: 43_200, points: 70 },
  year: { stepS: 604_800, points: 70 },
  decade: { stepS: 604_800, points: 570 },
};

function times(world: World, timeframe: string): { at: number; stepS: number }[] {
  const frame = (world.dialect === "9.1" ? NEW_FRAMES : OLD_FRAMES)[timeframe] ?? { stepS: 60, points: 60 };
  const last = Math.floor(seconds(world.clock.now()) / frame.stepS) * frame.stepS;
  return Array.from({ length: frame.points }, (_, index) => ({ at: (last - (frame.points - 1 - index) * frame.stepS) * 1000, stepS: frame.stepS }));
}

function ofGuest(kind: "qemu" | "lxc"): Route["run"] {
  return (call: Call) => {
    const guest = guestOf(call, kind);
    const sizes = { maxcpu: guest.seed.cores, maxmem: guest.seed.memoryMiB * MIB, maxdisk: Math.floor(guest.seed.diskGiB * GIB) };
    return times(call.world, textOf(call.parameters, "timeframe") ?? "hour").map(({ at, stepS }) => {
      const point = { time: seconds(at), ...sizes, disk: 0 };
      const since = runningSince(guest, at);
      if (since === undefined || at - since < stepS * 1000) return point;
      const [now, before] = [loadOf(call.world, guest, at), loadOf(call.world, guest, at - stepS * 1000)];
      const rate = (name: "netin" | "netout" | "diskread" | "diskwrite"): number => Math.max(0, (now[name] - before[name]) / stepS);
      const pressure = call.world.dialect === "9.1" ? { memhost: Math.floor(now.memBytes * 1.04), ...pressures(now) } : {};
      return {
        ...point,
        cpu: now.cpu,
        mem: now.memBytes,
        disk: now.diskBytes,
        netin: rate("netin"),
        netout: rate("netout"),
        diskread: rate("diskread"),
        diskwrite: rate("diskwrite"),
        ...pressure,
      };
    });
  };
}

function ofNode({ world, path, parameters }: Call): unknown {
  const node = world.nodes.get(path.node ?? "");
  if (!node) return [];
  const mine = guestsOn(world, node.name);
  return times(world, textOf(parameters, "timeframe") ?? "hour").map(({ at, stepS }) => {
    const sizes = {
      time: seconds(at),
      maxcpu: node.seed.cpus,
      memtotal: Math.floor(node.seed.memoryGiB * 0.985 * GIB),
      roottotal: Math.floor(node.seed.rootGiB * GIB),
      swaptotal: SWAP_BYTES,
    };
    if (upSince(node, at) === undefined) return { time: seconds(at) };
    const [now, before] = [nodeLoadOf(world, node, at, mine), nodeTrafficOf(world, node, at - stepS * 1000)];
    const pressure = world.dialect === "9.1" ? { memavailable: sizes.memtotal - now.memBytes, arcsize: 0, ...pressures(now) } : {};
    return {
      ...sizes,
      cpu: now.cpu,
      iowait: now.wait,
      loadavg: now.load[0],
      memused: now.memBytes,
      rootused: now.rootBytes,
      swapused: now.swapBytes,
      netin: Math.max(0, (now.netin - before.netin) / stepS),
      netout: Math.max(0, (now.netout - before.netout) / stepS),
      ...pressure,
    };
  });
}

/** A storage fills slowly: its past is its present less the growth since. */
function ofStorage({ world, path, parameters }: Call): unknown {
  const node = path.node ?? "";
  const storage = storageOf(world, path.storage, node);
  const { total, used } = usageOf(world, storage, node);
  const now = world.clock.now();
  return times(world, textOf(parameters, "timeframe") ?? "hour").map(({ at }) => ({
    time: seconds(at),
    total,
    used: Math.max(0, Math.floor(used - ((now - at) / DAY_MS) * GROWTH_BYTES_PER_DAY)),
  }));
}

const rules = { timeframe: required(oneOf("hour", "day", "week", "month", "year", "decade")), cf: oneOf("AVERAGE", "MAX") };

export const historyRoutes = (): Route[] => [
  get("/nodes/{node}/rrddata", ofNode, { ...needs("/nodes/{node}", "Sys.Audit"), rules }),
  get("/nodes/{node}/qemu/{vmid}/rrddata", ofGuest("qemu"), { ...needs("/vms/{vmid}", "VM.Audit"), rules }),
  get("/nodes/{node}/lxc/{vmid}/rrddata", ofGuest("lxc"), { ...needs("/vms/{vmid}", "VM.Audit"), rules }),
  get("/nodes/{node}/storage/{storage}/rrddata", ofStorage, { ...needsAny("/storage/{storage}", "Datastore.Audit", "Datastore.AllocateSpace"), rules }),
];
