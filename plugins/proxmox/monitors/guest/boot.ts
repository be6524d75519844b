// Whether a guest that is set to start at boot was left out when its node came up. One that a person stopped, that HA keeps, or that the node is still starting is none. Pure.
import { z } from "jarvis";
import type { Facts } from "../../shapes/guest.ts";
import { isReady, type Reach } from "../store-needs.ts";
import type { Life } from "./life.ts";
import type { Seen } from "./seen.ts";
import type { Work } from "./work.ts";

const MINUTE_MS = 60_000;
/** Up to here a boot is fresh: it explains what is down. */
const FRESH_MS = 15 * MINUTE_MS;
/** A node shuts its guests down before it reboots: that long before the boot they may have been seen stopped. */
const WAY_DOWN_MS = 10 * MINUTE_MS;
const SLACK_MS = 30_000;
const MOST_EXIT = 300;

/** `waits`: what it still waits for; absent: nothing does, it was left out. `failed`: the start that was tried since the boot. */
export const MissedBoot = z.object({
  bootedAt: z.string(),
  /** Its place in the node's start of its guests. */
  order: z.number().optional(),
  waits: z.enum(["node", "storage", "work", "tasks", "ha"]).optional(),
  failed: z.object({ type: z.string(), user: z.string(), exit: z.string(), upid: z.string() }).optional(),
});
export type MissedBoot = z.output<typeof MissedBoot>;

interface Look {
  readonly seen: Seen;
  readonly life: Readonly<Life>;
  readonly work: Work;
  readonly facts: Facts | undefined;
  readonly ready: Reach;
  readonly bootedMs: number | undefined;
  readonly nowMs: number;
  readonly skewMs: number;
}

const waitsFor = ({ seen, work, facts, ready }: Look): MissedBoot["waits"] => {
  // HA starts what it keeps, and tells by itself when it gives up.
  if (seen.entry.hastate !== undefined) return "ha";
  if (work.now === "unknown") return "tasks";
  if (work.sweeping) return "node";
  if (work.now !== undefined || seen.entry.lock !== undefined) return "work";
  return isReady(facts?.storages ?? [], seen.node, ready) ? undefined : "storage";
};

export const bootMissed = (look: Look): MissedBoot | undefined => {
  const { seen, life, work, facts, bootedMs, nowMs, skewMs } = look;
  if (seen.status !== "stopped" || seen.entry.template || bootedMs === undefined) return undefined;
  if (seen.entry.hastate === undefined && !facts?.onboot) return undefined;
  // It has run since this boot: what is wrong with it is something else.
  if (life.startedAt !== undefined && life.startedAt >= bootedMs - SLACK_MS) return undefined;
  // Long off before the boot: nobody misses it. First seen long after it: the boot is no reason.
  const stopped = life.stoppedAt ?? nowMs;
  if (stopped < bootedMs - WAY_DOWN_MS || stopped > bootedMs + FRESH_MS) return undefined;
  if (work.stop !== undefined && work.stop.startedAt - skewMs >= bootedMs - WAY_DOWN_MS) return undefined;
  const waits = waitsFor(look);
  const tried = work.failedStart !== undefined && work.failedStart.startedAt - skewMs >= bootedMs - SLACK_MS ? work.failedStart : undefined;
  const failed = tried === undefined ? {} : { failed: { type: tried.type, user: tried.user, exit: (tried.exit ?? "").slice(0, MOST_EXIT), upid: tried.upid } };
  const order = facts?.startOrder === undefined ? {} : { order: facts.startOrder };
  return { bootedAt: new Date(bootedMs).toISOString(), ...order, ...failed, ...(waits === undefined ? {} : { waits }) };
};
