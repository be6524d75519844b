// What Proxmox's InfluxDB metric server posts (pve-manager, Status/InfluxDB): `cpustat`, `memory` and `blockstat` of a node; `system` of guests and storages. The rest is left.
import { type Line, linesIn } from "./line.ts";
import { type Heard, percent, type Told } from "./told.ts";

/** Of a node: measurement -> field -> figure. */
const NODE: Readonly<Record<string, (fields: Line["fields"]) => Record<string, number | undefined>>> = {
  cpustat: ({ cpu }) => ({ cpuPercent: cpu === undefined ? undefined : percent(cpu) }),
  memory: ({ memused }) => ({ memoryBytes: memused }),
  blockstat: ({ used }) => ({ diskBytes: used }),
};

const known = (figures: Record<string, number | undefined>): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

const toldIn = ({ measurement, tags, fields, atMs }: Line): Told | undefined => {
  const { object, host, nodename, vmid } = tags;
  // A disk's or a card's own line has an instance.
  if (object === "nodes" && host !== undefined && tags.instance === undefined) {
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
    };
  }
  return object === "storages" && host !== undefined ? { node: nodename, about: { kind: "storage", storage: host }, atMs, figures: known({ diskBytes: fields.used }) } : undefined;
};

export const heardInLines = (body: string): Heard => {
  const { lines, broken } = linesIn(body);
  return { told: lines.flatMap((line) => toldIn(line) ?? []).filter(({ figures }) => Object.keys(figures).length > 0), broken };
};
