// The past, wired: what is kept of figures, the work on its tiers, and what sources tell of the time before. Decides nothing.
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { createBackfill } from "../state/backfill.ts";
import type { Resources } from "../state/resources.ts";
import { createRolling } from "../state/rolling.ts";
import { createUnseen } from "../state/unseen.ts";
import { createHistory } from "../store/history.ts";
import type { Kept } from "../store/kept.ts";
import type { OpenDatabase } from "../store/open.ts";

interface Parts {
  db: OpenDatabase;
  kept: Kept;
  clock: Clock;
  log: Log;
  resources: Pick<Resources, "told">;
}

export const createPast = ({ db, kept, clock, log, resources }: Parts) => {
  const history = createHistory({ db, kept, failed: (words) => log("error", `these figures of the past are lost: ${words}`) });
  const rolling = createRolling({ clock, log, history });
  const backfill = createBackfill({ clock, log, history, resources });
  // Before anything is read: the newest figure tells until when this house was seen.
  const unseen = createUnseen({ clock, kept, seenMs: history.newest() });
  return {
    history,
    backfill,
    unseen,
    start(): void {
      backfill.start();
      rolling.start();
    },
    /** Before the databases close. */
    async stop(): Promise<void> {
      await Promise.all([backfill.stop(), rolling.stop()]);
    },
  };
};
