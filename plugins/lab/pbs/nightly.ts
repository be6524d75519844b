// What a backup server does by itself every day at midnight: garbage collection, then verification. A night it is down, or another task has just collected, goes by.
import { nextRun } from "../world/jobs/schedule.ts";
import { pbsIsUp } from "./server.ts";
import type { Datastore, Pbs } from "./state.ts";

const SCHEDULE = "daily";
const USER = "root@pam";
const LOOK_EVERY_MS = 60_000;
const LATELY_MS = 12 * 3_600_000;

async function night(pbs: Pbs, datastore: Datastore): Promise<void> {
  await pbs.collect(datastore, USER).done;
  await pbs.verify(datastore, USER).done;
}

/** Looks once a minute; what fell due while nobody looked is not made up for. */
export function startNightly(pbs: Pbs): () => void {
  const { world } = pbs;
  let seen = world.clock.now();
  return world.clock.every(LOOK_EVERY_MS, () => {
    const now = world.clock.now();
    const due = nextRun(SCHEDULE, seen);
    seen = now;
    if (due === undefined || due > now || !pbsIsUp(world)) return;
    for (const datastore of pbs.datastores) if (now - datastore.gc.endedAt > LATELY_MS) void night(pbs, datastore);
  });
}
