// What Proxmox's InfluxDB metric server posts (pve-manager, Status/InfluxDB): `cpustat`, `memory`, `blockstat` and `nics` of a node; `system` of guests and storages. The rest is left.
import { FIGURE_OF } from "../shapes/traffic.ts";
import { type Line, linesIn } from "./line.ts";
import { type Counter, type Heard, isCard, percent, type Told } from "./told.ts";

/** Of a node: measurement -> field -> figure. */
const NODE: Readonly<Record<string, (fields: Line["fields"]) => Record<string, number | undefined>>> = {
  cpustat: ({ cpu }) => ({ cpuPercent: cpu === undefined ? undefined : percent(cpu) }),
  memory: ({ memused }) => ({ memoryBytes: memused }),
  blockstat: ({ used }) => ({ diskBytes: used }),
};

const known = (figures: Record<string, number | undefined>): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

const countersOf = (fields: Readonly<Record<string, number | undefined>>, card?: string): Counter[] =>
  Object.entries(FIGURE_OF).flatMap(([name, figure]) => {
    const total = fields[name];
    return total === undefined ? [] : [{ figure, total, ...(card === undefined ? {} : { of: card }) }];
  });

const toldIn = ({ measurement, tags, fields, atMs }: Line): Told | undefined => {
  const { object, host, nodename, vmid } = tags;
  const card = tags.instance;
  if (object === "nodes" && host !== undefined && measurement === "nics" && card !== undefined && isCard(card)) {
    const counters = countersOf({ netin: fields.receive, netout: fields.transmit }, card);
    return { node: host, about: { kind: "node" }, atMs, figures: {}, counters };
  }
  // A disk's own line has an instance too.
  if (object === "nodes" && host !== undefined && card === undefined) {
    const figures = known(NODE[measurement]?.(fields) ?? {});
    return { node: host, about: { kind: "node" }, atMs, figures };
  }
  if (measurement !== "system" || nodename === undefined) return undefined;
  if ((object === "qemu" || object === "lxc") && /^\d{1,9}$/.test(vmid ?? "")) {
    const { cpu, mem, disk } = fields;
    return {
      node: nodename,
      about: { kind: "guest", vmid: Number(vmid) },
      atMs,
      figures: known({ cpuPercent: cpu === undefined ? undefined : percent(cpu), memoryBytes: mem, diskBytes: object === "lxc" ? disk : undefined }),
      counters: countersOf(fields),
    };
  }
  return object === "storages" && host !== undefined ? { node: nodename, about: { kind: "storage", storage: host }, atMs, figures: known({ diskBytes: fields.used }) } : undefined;
};

export const heardInLines = (body: string): Heard => {
  const { lines, broken } = linesIn(body);
  return { told: lines.flatMap((line) => toldIn(line) ?? []).filter(({ figures, counters = [] }) => Object.keys(figures).length + counters.length > 0), broken };
};
