// What a guest's probe tells, as this plugin reads it; times are epoch ms of the cluster's clock. Refuses nothing but another probe: what lacks is absent.
import { z } from "jarvis";

export const ProbedTask = z.object({
  upid: z.string(),
  node: z.string(),
  startedAt: z.number(),
  type: z.string(),
  id: z.string(),
  user: z.string(),
  endedAt: z.number().optional(),
  exit: z.string().optional(),
  names: z.boolean().optional(),
  log: z.array(z.string()).optional(),
});
export type ProbedTask = z.output<typeof ProbedTask>;

export const Line = z.object({ at: z.number().optional(), from: z.string(), text: z.string() });
export type Line = z.output<typeof Line>;

/** `ha`: only of a guest that HA manages. `unread`: what could not be read, with the reason. `ourUsers`: the users our own acts run under. */
export const GuestProbe = z.object({
  about: z.literal("proxmox-guest"),
  guest: z.object({ vmid: z.number(), kind: z.enum(["vm", "ct"]), node: z.string(), name: z.string() }),
  clocks: z.object({ oursMs: z.number(), clusterMs: z.number(), lastRunningMs: z.number().optional() }),
  status: z.object({ word: z.string(), uptimeSeconds: z.number(), lock: z.string().optional(), haManaged: z.boolean() }).optional(),
  ha: z.object({ state: z.string(), wanted: z.string().optional(), node: z.string().optional() }).optional(),
  config: z.object({ onboot: z.boolean(), lock: z.string().optional() }).optional(),
  tasks: z.array(ProbedTask).optional(),
  journal: z.object({ path: z.string(), lines: z.array(Line) }).optional(),
  node: z.object({ online: z.boolean().optional(), uptimeSeconds: z.number().optional() }).default({}),
  ourUsers: z.array(z.string()).default([]),
  unread: z.record(z.string(), z.string()).default({}),
});
export type GuestProbe = z.output<typeof GuestProbe>;
