// What Proxmox 9's OpenTelemetry metric server posts (pve-manager, Status/OpenTelemetry): OTLP metrics as JSON, a metric a figure. Refuses protobuf by its words; reads numbers only.
import { JarvisError } from "jarvis";
import { FIGURE_OF, type TrafficFigure } from "../shapes/traffic.ts";
import { type Heard, isCard, percent, type Told } from "./told.ts";

const MOST_METRICS = 50_000;

/** Names as Proxmox makes them from its own keys. */
const METRICS: ReadonlyMap<string, { kind: Told["about"]["kind"]; figure: string }> = new Map([
  ["proxmox_node_cpustat_cpu", { kind: "node", figure: "cpuPercent" }],
  ["proxmox_node_memory_memused", { kind: "node", figure: "memoryBytes" }],
  ["proxmox_node_blockstat_used", { kind: "node", figure: "diskBytes" }],
  ["proxmox_vm_cpu", { kind: "guest", figure: "cpuPercent" }],
  ["proxmox_vm_mem", { kind: "guest", figure: "memoryBytes" }],
  ["proxmox_vm_disk", { kind: "guest", figure: "diskBytes" }],
  ["proxmox_storage_used", { kind: "storage", figure: "diskBytes" }],
]);

/** Counters: bytes since the start of the guest, or of the node by card. */
const COUNTERS: ReadonlyMap<string, { kind: Told["about"]["kind"]; counter: TrafficFigure }> = new Map<string, { kind: Told["about"]["kind"]; counter: TrafficFigure }>([
  ...Object.entries(FIGURE_OF).map(([name, counter]) => [`proxmox_vm_${name}_total`, { kind: "guest" as const, counter }] as const),
  ["proxmox_node_network_receive_total", { kind: "node", counter: FIGURE_OF.netin }],
  ["proxmox_node_network_transmit_total", { kind: "node", counter: FIGURE_OF.netout }],
]);

const field = (value: unknown, name: string): unknown => (typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined);
const list = (value: unknown, name: string): readonly unknown[] => {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
};
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
/** OTLP writes 64 bit integers as text. */
const number = (value: unknown): number | undefined => {
  const found = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
};

const attributesOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    list(value, "attributes").flatMap((one) => {
      const [key, said] = [text(field(one, "key")), field(one, "value")];
      const words = text(field(said, "stringValue")) ?? text(field(said, "intValue")) ?? number(field(said, "intValue"))?.toString();
      return key === undefined || words === undefined ? [] : [[key, words]];
    }),
  );

const aboutOf = (kind: Told["about"]["kind"], { vmid, storage }: Readonly<Record<string, string>>): Told["about"] | undefined => {
  if (kind === "node") return { kind };
  if (kind === "guest") return /^\d{1,9}$/.test(vmid ?? "") ? { kind, vmid: Number(vmid) } : undefined;
  return storage === undefined ? undefined : { kind, storage };
};

type Known = { readonly kind: Told["about"]["kind"] } & ({ readonly figure: string } | { readonly counter: TrafficFigure });

const saidOf = (known: Known, value: number, device: string | undefined): Pick<Told, "figures" | "counters"> => {
  if ("figure" in known) return { figures: { [known.figure]: known.figure === "cpuPercent" ? percent(value) : value } };
  return { figures: {}, counters: [{ figure: known.counter, total: value, ...(device === undefined ? {} : { of: device }) }] };
};

const toldIn = (point: unknown, known: Known, resource: Readonly<Record<string, string>>): Told | undefined => {
  const own = attributesOf(point);
  const node = own.node ?? resource["proxmox.node"];
  const [about, value] = [aboutOf(known.kind, own), number(field(point, "asDouble")) ?? number(field(point, "asInt"))];
  if (node === undefined || about === undefined || value === undefined) return undefined;
  const nanoseconds = number(field(point, "timeUnixNano"));
  return { node, about, atMs: nanoseconds === undefined ? undefined : nanoseconds / 1_000_000, ...saidOf(known, value, own.device) };
};

/** A VM's disk is always told as 0, and what a bridge carries its card has carried already. */
const isLeft = (known: Known, { type, device }: Readonly<Record<string, string>>): boolean => {
  if ("counter" in known) return known.kind === "node" && !isCard(device ?? "");
  return known.kind === "guest" && known.figure === "diskBytes" && type !== "lxc";
};

export const heardInTelemetry = (contentType: string, body: string): Heard => {
  if (contentType.includes("protobuf"))
    throw new JarvisError("bad_input", { message: "OpenTelemetry is taken as JSON, as Proxmox sends it; this is protobuf. Set the sender to http/json." });
  let sent: unknown;
  try {
    sent = JSON.parse(body);
  } catch (thrown) {
    throw new JarvisError("bad_input", { message: "The metrics are no whole JSON.", cause: thrown });
  }
  let broken = 0;
  const told: Told[] = [];
  for (const one of list(sent, "resourceMetrics")) {
    const resource = attributesOf(field(one, "resource"));
    const metrics = list(one, "scopeMetrics").flatMap((scope) => list(scope, "metrics"));
    for (const metric of metrics.slice(0, MOST_METRICS)) {
      const name = text(field(metric, "name")) ?? "";
      const known = METRICS.get(name) ?? COUNTERS.get(name);
      if (known === undefined) continue;
      for (const point of list(field(metric, "figure" in known ? "gauge" : "sum"), "dataPoints")) {
        if (isLeft(known, attributesOf(point))) continue;
        const found = toldIn(point, known, resource);
        if (found) told.push(found);
        else broken += 1;
      }
    }
  }
  return { told, broken };
};
