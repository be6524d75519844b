// What the screen draws, quantised to what a pixel or a digit shows: the value of the channel core/drawn.
import { z } from "zod";
import { ResourceKind, Status } from "./resource.ts";

/**
 * One thing on the screen. `cpu`, `memory`, `disk`: whole percent of its own limit. `startedAt`: ISO time, so that uptime needs no message.
 * `mark`: incident = has one open; acting = Jarvis is working on it; ours absent = nothing special.
 */
export const DrawnResource = z.object({
  kind: ResourceKind,
  name: z.string(),
  parent: z.string().optional(),
  status: Status,
  stale: z.boolean().optional(),
  /** When the present status or the staleness began, ISO time. */
  since: z.string().optional(),
  vmid: z.number().optional(),
  guestKind: z.enum(["vm", "ct"]).optional(),
  template: z.boolean().optional(),
  cpu: z.number().optional(),
  memory: z.number().optional(),
  disk: z.number().optional(),
  cpus: z.number().optional(),
  memoryTotalBytes: z.number().optional(),
  diskTotalBytes: z.number().optional(),
  startedAt: z.string().optional(),
  /** Short words: health, image, lock, tags ... */
  labels: z.record(z.string(), z.string()).optional(),
  mark: z.enum(["incident", "acting"]).optional(),
  protected: z.boolean().optional(),
  self: z.boolean().optional(),
});
export type DrawnResource = z.infer<typeof DrawnResource>;

export const Drawn = z.object({
  resources: z.record(z.string(), DrawnResource),
  quorum: z.object({ votes: z.number(), of: z.number(), quorate: z.boolean() }).optional(),
});
export type Drawn = z.infer<typeof Drawn>;
