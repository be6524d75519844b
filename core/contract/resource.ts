// Resource and Alert: the words all plugins share for what exists and what is wrong now.
import { z } from "zod";
import { CauseKind, Evidence } from "./cause.ts";

export const Status = z.enum(["up", "down", "paused", "unknown"]);
export type Status = z.infer<typeof Status>;

export const ResourceKind = z.enum(["node", "guest", "container", "storage", "service"]);
export type ResourceKind = z.infer<typeof ResourceKind>;

/** A resource id, lower case: `node/home`, `guest/101`, `storage/pve/local-lvm`, `container/mgmt/grafana`; a plugin's own things begin with its id. */
export const ResourceId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}\/[a-z0-9][a-z0-9._@-]*(\/[a-z0-9][a-z0-9._@-]*)*$/)
  .max(200);

/**
 * Something drawn, targeted and reasoned about.
 * `figures`: numbers with the unit last in the name (cpuPercent of the resource's own cpus, memoryBytes, memoryTotalBytes, diskBytes,
 * diskTotalBytes, cpus, uptimeSeconds, netInBytesPerSecond ...). `labels`: short words (image, address, tags, health, state).
 * `needs`: resources beside its parent that it cannot run without (the storages of a guest's disks).
 * `servedBy`: for who needs a machine it knows only by its address or host name (the server of a network storage): the core adds the one guest or
 * node that fits to its needs.
 * `runsOn`: for who does not know its parent but where it runs: an address, a host name, the id of a guest or node, or `self` (where Jarvis
 * runs). The core makes the one guest or node that fits its parent; when none or several do, it has none.
 * `unseenSince`: ISO time it was last looked at, while its source answers but cannot look at this one: all else of it is as it was then.
 * `identity`: what stays equal while it is the same thing (SMBIOS uuid, container id). `startedAt`: ISO time, for uptime without a tick.
 */
export const Resource = z.object({
  id: ResourceId,
  kind: ResourceKind,
  name: z.string().max(200),
  parent: z.string().max(200).optional(),
  needs: z.array(ResourceId).max(50).optional(),
  servedBy: z.string().max(300).optional(),
  runsOn: z.string().max(300).optional(),
  status: Status,
  vmid: z.number().int().optional(),
  guestKind: z.enum(["vm", "ct"]).optional(),
  template: z.boolean().optional(),
  identity: z.string().max(200).optional(),
  startedAt: z.string().optional(),
  unseenSince: z.string().max(40).optional(),
  figures: z.record(z.string(), z.number()).optional(),
  labels: z.record(z.string(), z.string().max(500)).optional(),
});
export type Resource = z.infer<typeof Resource>;

/** What the core answers: a resource with its freshness. `since`: ISO time the present status (or staleness) began. */
export const LiveResource = Resource.extend({
  stale: z.boolean(),
  since: z.string().optional(),
  at: z.string(),
  plugin: z.string(),
  protected: z.boolean().optional(),
  self: z.boolean().optional(),
});
export type LiveResource = z.infer<typeof LiveResource>;

export const Severity = z.enum(["info", "warning", "critical"]);
export type Severity = z.infer<typeof Severity>;

/**
 * What is wrong now. Level, not edge: an alert absent from the next reading is over.
 * `suspect`: ask the probes before calling it a fault. Without a diagnosis for its key, `cause` and `evidence` are the alert's own proof.
 * `why`: one line on why it is told now (the threshold, how long, what it leads to).
 * `afterSeconds`: it must stand that long before it is raised, so that what passes by itself is not told.
 * `explains`: what fails below the resource (what has it as parent or needs it) is its victim, no fault of its own; with `true` so is what else
 * is wrong with the resource itself, with `below` that stands for itself.
 */
export const Alert = z.object({
  key: z.string().regex(/^[a-z][a-z0-9-]*$/),
  resource: ResourceId,
  severity: Severity,
  title: z.string().max(300),
  suspect: z.boolean().optional(),
  why: z.string().max(500).optional(),
  cause: CauseKind.optional(),
  evidence: z.array(Evidence).max(20).optional(),
  afterSeconds: z.number().nonnegative().max(86_400).optional(),
  explains: z.union([z.boolean(), z.literal("below")]).optional(),
});
export type Alert = z.infer<typeof Alert>;
