// A guest as it stands when the lab begins or when a clone is made: everything about it follows from its seed.
import { randomOf } from "../../random.ts";
import { configOf } from "../config.ts";
import { openFirewall } from "../firewall.ts";
import type { GuestSeed } from "../schema.ts";
import { type Guest, type Span, seconds } from "../state.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const PAST_MS = 90 * DAY_MS;
const RESTART_MS = 30_000;

function snapshotsOf(about: GuestSeed, now: number): Pick<Guest, "snapshots" | "parent"> {
  const snapshots = about.snapshots.map(({ name, hoursAgo, description }, index) => {
    const before = about.snapshots[index - 1]?.name;
    return { name, description, snaptime: seconds(now - hoursAgo * HOUR_MS), ...(before ? { parent: before } : {}) };
  });
  const newest = snapshots.at(-1)?.name;
  return { snapshots, ...(newest ? { parent: newest } : {}) };
}

/** Before its last start it ran too, so that charts of a week are whole; a stopped one ran until somebody stopped it. */
function pastOf(about: GuestSeed, now: number, startedAt: number): Span[] {
  if (about.template) return [];
  const to = startedAt > 0 ? startedAt - RESTART_MS : about.stopped ? now - about.stopped.hoursAgo * HOUR_MS : undefined;
  return to === undefined ? [] : [{ from: to - PAST_MS, to }];
}

export function makeGuest(seed: number, about: GuestSeed, now: number, bootedAt: number): Guest {
  const running = about.running && !about.template;
  const startedAt = running ? Math.max(bootedAt + 60_000, now - about.uptimeHours * HOUR_MS) : 0;
  const createdAt = now - 400 * DAY_MS - about.vmid * HOUR_MS;
  return {
    seed: about,
    vmid: about.vmid,
    kind: about.kind,
    node: about.node,
    template: about.template,
    status: running ? "running" : "stopped",
    paused: false,
    startedAt,
    ...(running ? { pid: randomOf(seed, `pid/${about.vmid}`).whole(2_000, 900_000) } : {}),
    config: configOf(seed, about, seconds(createdAt)),
    past: pastOf(about, now, startedAt),
    pending: {},
    agent: "well",
    frozen: false,
    firewall: openFirewall(),
    ...snapshotsOf(about, now),
    ...(about.pool ? { pool: about.pool } : {}),
    ...(about.ha ? { ha: { request: "started", state: running ? "started" : "stopped", maxRestart: 1, maxRelocate: 1, failures: 0 } } : {}),
    mishap: {},
  };
}
