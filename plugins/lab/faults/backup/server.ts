// The backup server's own troubles: a task that hangs and holds the datastore's lock; and a first synchronisation that only takes long.
import { alone, type Pbs } from "../../pbs/state.ts";
import type { World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { level } from "../level.ts";

const FOREVER_MS = 1_000_000_000;
const RETRY_MS = 600_000;
const USER = "root@pam";

const targets = (pbs: Pbs) => (): string[] =>
  pbs.datastores.filter((datastore) => datastore.lockedBy === undefined).map(({ storage }) => `storage/shared/${storage.name.toLowerCase()}`);
const at = (pbs: Pbs, target: string) => {
  const datastore = pbs.datastores.find(({ storage }) => target === `storage/shared/${storage.name.toLowerCase()}`);
  if (!datastore) throw new Error(`there is no ${target}`);
  return datastore;
};

export const pbsTaskHangs = (world: World, pbs: Pbs): Fault =>
  level({
    name: "pbs-task-hangs",
    targetKind: "storage",
    what: "a task of the backup server hangs and holds the datastore: garbage collection cannot lock it any more",
    targets: targets(pbs),
    apply(target) {
      const datastore = at(pbs, target);
      const task = pbs.tasks.start({
        type: "verificationjob",
        id: `${datastore.store}:v-nightly`,
        user: USER,
        work: (worker) =>
          alone(datastore, "verificationjob", async () => {
            worker.log(`verify datastore ${datastore.store}`);
            worker.log(`verify group ${datastore.store}:vm/101 (6 snapshots)`);
            await worker.sleep(FOREVER_MS);
          }),
      });
      // As it has hung for hours already when somebody looks.
      task.starttime -= 6 * 3_600;
      const first = world.clock.after(1_000, () => void pbs.collect(datastore, USER));
      const end = world.clock.every(RETRY_MS, () => void pbs.collect(datastore, USER));
      return () => {
        first();
        end();
        task.abort();
      };
    },
    still: (target) => at(pbs, target).lockedBy !== undefined,
  });

/** Look-alike: long, and it moves. */
export const pbsFirstSync = (pbs: Pbs): Fault =>
  level({
    name: "pbs-first-sync",
    targetKind: "storage",
    what: "the first synchronisation with another backup server takes hours and moves on; nothing is locked",
    targets: targets(pbs),
    apply(target) {
      const datastore = at(pbs, target);
      const task = pbs.tasks.start({
        type: "syncjob",
        id: `elsewhere:${datastore.store}:${datastore.store}::s-first`,
        user: USER,
        async work(worker) {
          worker.log(`sync datastore '${datastore.store}' from 'elsewhere/main'`);
          for (let percent = 1; percent < 100_000; percent++) {
            await worker.sleep(60_000);
            worker.log(`percentage done: ${Math.min(99, percent / 4).toFixed(2)}% (${percent}/400 groups)`);
          }
        },
      });
      return () => task.abort();
    },
  });
