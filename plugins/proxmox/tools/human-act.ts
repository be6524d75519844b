// The last thing a person did to a guest, told from its task list. Pure. Backups, HA's own tasks, our tokens and the tasks we began are no person.
import { endedWell, type Task } from "../shapes/task.ts";

const STOPS = /^(qm|vz)(stop|shutdown|suspend|pause|destroy)$|^hastop$/;
const STARTS = /^(qm|vz)(start|resume|reboot)$|^hastart$/;
const ACTS =
  /^(qm|vz)(start|stop|shutdown|suspend|pause|resume|reboot|reset|destroy|restore|rollback|migrate|move|template|config|resize|clone|create)\w*$|^ha(start|stop|migrate|relocate)$/;
/** The daemons' own user: HA and the start at boot act under its name. */
const DAEMON = "root@pam";

/** `begun`: UPIDs of our own. `skewMs`: how far the cluster's clock is ahead of ours; `at` is told in ours. */
export const lastHumanAct = (
  tasks: readonly Task[],
  about: { ours: readonly (string | undefined)[]; begun: ReadonlySet<string>; managed: boolean; skewMs: number },
): { at: string; words: string; stop: boolean } | undefined => {
  const acts = tasks.filter(
    (task) => ACTS.test(task.type) && !about.ours.includes(task.user) && !about.begun.has(task.upid) && !(about.managed && task.user === DAEMON && !task.type.startsWith("ha")),
  );
  const [last] = [...acts].sort((a, b) => b.startedAt - a.startedAt);
  if (last === undefined) return undefined;
  // A stop stands until somebody starts the guest again, whoever that is.
  const undone = tasks.some((task) => STARTS.test(task.type) && task.startedAt >= last.startedAt && task.upid !== last.upid && (task.exit === undefined || endedWell(task.exit)));
  const stop = STOPS.test(last.type) && !undone;
  const at = new Date(last.startedAt - about.skewMs).toISOString();
  return { at, words: `${last.user} ran ${last.type} (${last.exit ?? "still running"})`.slice(0, 300), stop };
};
