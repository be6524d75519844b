// /cluster/metrics/export: every node, guest and storage as gauges and counters, now or over the last half hour in steps of 10 s.
import { flagOf, numberOf, textOf } from "../../front/parameters.ts";
import type { Call } from "../../front/route.ts";
import { guestsOn, loadOf, nodeLoadOf } from "../../world/load.ts";
import { isOnline } from "../../world/membership.ts";
import { GIB, MIB, type Node, seconds, type World } from "../../world/state.ts";
import { hasStorage, isActive, usageOf } from "../../world/storage.ts";

const STEP_S = 10;
const GENERATIONS = 181;
const MAX_ROWS = 400_000;

type Row = { id: string; metric: string; timestamp: number; type: "gauge" | "derive"; value: number };

function rowsAt(world: World, node: Node, at: number): Row[] {
  const timestamp = seconds(at);
  const rows: Row[] = [];
  const add = (id: string, type: Row["type"], values: Record<string, number>): void => {
    for (const [metric, value] of Object.entries(values)) rows.push({ id, metric, timestamp, type, value });
  };
  const mine = guestsOn(world, node.name);
  const load = nodeLoadOf(world, node, at, mine);
  add(`node/${node.name}`, "gauge", {
    cpu_current: load.cpu,
    cpu_avg1: load.load[0],
    cpu_max: node.seed.cpus,
    mem_used: load.memBytes,
    mem_total: Math.floor(node.seed.memoryGiB * 0.985 * GIB),
    uptime: load.uptimeSeconds,
  });
  add(`node/${node.name}`, "derive", { net_in: load.netin, net_out: load.netout });
  for (const guest of mine) {
    const id = `${guest.kind}/${guest.vmid}`;
    const one = loadOf(world, guest, at);
    add(id, "gauge", {
      cpu_current: one.cpu,
      cpu_max: guest.seed.cores,
      mem_used: one.memBytes,
      mem_total: guest.seed.memoryMiB * MIB,
      disk_total: Math.floor(guest.seed.diskGiB * GIB),
      uptime: one.uptimeSeconds,
    });
    if (guest.status === "running") add(id, "derive", { net_in: one.netin, net_out: one.netout, disk_read: one.diskread, disk_write: one.diskwrite });
  }
  for (const storage of world.storages) {
    if (!hasStorage(storage, node.name) || !isActive(storage, node.name)) continue;
    const { total, used } = usageOf(world, storage, node.name);
    add(`storage/${node.name}/${storage.name}`, "gauge", { disk_total: total, disk_used: used });
  }
  return rows;
}

export function exported({ world, parameters, at }: Call): unknown {
  const here = world.nodes.get(at);
  const listed = textOf(parameters, "node-list")?.split(/[,;\s]+/);
  const nodes = [...world.nodes.values()].filter(
    (node) => here && isOnline(world, here, node) && (!flagOf(parameters, "local-only") || node === here) && (!listed || listed.includes(node.name)),
  );
  const last = Math.floor(seconds(world.clock.now()) / STEP_S) * STEP_S;
  const since = numberOf(parameters, "start-time") ?? 0;
  const steps = flagOf(parameters, "history") ? GENERATIONS : 1;
  const data: Row[] = [];
  for (let back = steps - 1; back >= 0; back--) {
    const when = last - back * STEP_S;
    if (when < since || data.length > MAX_ROWS) continue;
    for (const node of nodes) data.push(...rowsAt(world, node, when * 1000));
  }
  return { data };
}
