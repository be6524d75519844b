// A lock that nobody works under any more. A slow backup's lock has its living task, a hibernated VM and a container mounted by a person carry theirs on purpose; while the tasks are not known no lock becomes stale, and none that was told is over. Pure.
import type { Alert } from "jarvis";
import type { GuestState } from "../monitors/guest/state.ts";
import { alertOf } from "./tell.ts";

/** A task shows up a reading later than its lock, and takes the lock off a reading before it ends. */
const STANDS_S = 240;
const WANTED = new Set(["suspended", "mounted"]);

const KEY = "guest-lock-stale";

export const lockAlert = (guest: GuestState, open: readonly Alert[]): Alert | undefined => {
  const { lock, lockSince, work } = guest;
  if (lock === undefined || WANTED.has(lock)) return undefined;
  if (work === "unknown") return open.find(({ key, resource }) => key === KEY && resource === `guest/${guest.vmid}`);
  if (work !== undefined) return undefined;
  return alertOf({
    key: KEY,
    resource: `guest/${guest.vmid}`,
    severity: "warning",
    title: `${guest.name} is locked (${lock}) and nobody works on it`,
    why: `no task on any node has worked on it for ${STANDS_S / 60} min: while the lock stands it cannot be started, stopped, backed up or moved; unlock it once the disks are seen to be at rest`,
    cause: "lock",
    afterSeconds: STANDS_S,
    evidence: [
      { what: `lock ${lock}`, source: "GET /cluster/resources", ...(lockSince === undefined ? {} : { at: lockSince }) },
      { what: `no living task of guest ${guest.vmid}, and none of many on ${guest.node}`, source: "GET /cluster/tasks" },
    ],
  });
};
