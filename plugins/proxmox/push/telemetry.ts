// What Proxmox 9's OpenTelemetry metric server posts (pve-manager, Status/OpenTelemetry): OTLP metrics as JSON, a metric a figure. Refuses protobuf by its words; reads numbers only.
import { JarvisError } from "jarvis";
import { type Heard, percent, type Told } from "./told.ts";

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

const toldIn = (point: unknown, { kind, figure }: { kind: Told["about"]["kind"]; figure: string }, resource: Readonly<Record<string, string>>): Told | undefined => {
  const own = attributesOf(point);
  const node = own.node ?? resource["proxmox.node"];
  const [about, value] = [aboutOf(kind, own), number(field(point, "asDouble")) ?? number(field(point, "asInt"))];
  if (node === undefined || about === undefined || value === undefined) return undefined;
  const nanoseconds = number(field(point, "timeUnixNano"));
  return { node, about, atMs: nanoseconds === undefined ? undefined : nanoseconds / 1_000_000, figures: { [figure]: figure === "cpuPercent" ? percent(value) : value } };
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
      const known = METRICS.get(text(field(metric, "name")) ?? "");
      if (known === undefined) continue;
      for (const point of list(field(metric, "gauge"), "dataPoints")) {
        // A VM's disk is always told as 0.
        if (known.kind === "guest" && known.figure === "diskBytes" && attributesOf(point).type !== "lxc") continue;
        const found = toldIn(point, known, resource);
        if (found) told.push(found);
        else broken += 1;
      }
    }
  }
  return { told, broken };
};
