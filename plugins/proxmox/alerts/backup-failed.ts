// A backup run that failed, with the class of its cause. A run that failed for many guests in the same way is one alert, of the storage it went to. A cancelled run is none; a later good backup ends it. While a backup holds the guest, or the lock of a dead one does (guest-lock.ts tells that), nothing new is told.
import type { Alert } from "jarvis";
import type { Backups, Failure, GuestBackups } from "../monitors/backup-state.ts";
import { storeId } from "../shapes/store.ts";
import { alertOf, isOpen } from "./tell.ts";

const MANY = 3;

const NEXT: Readonly<Record<string, string>> = {
  storage: "the target is full: prune and collect garbage there first",
  lock: "the guest is locked: another task holds it, or a dead one left the lock behind",
  agent: "the guest agent did not freeze the file systems: restart it inside",
  network: "the target could not be reached: look at it and the way to it, then run the backup again",
};

const evidenceOf = ({ words, node, upid, endedAt }: Failure) => ({ what: words, source: `GET /nodes/${node}/tasks/${upid}/log`, at: endedAt });

const ofGuest = (guest: GuestBackups, failure: Failure): Alert =>
  alertOf({
    key: "backup-failed",
    resource: `guest/${guest.vmid}`,
    severity: "warning",
    title: `The last backup of ${guest.name} failed`,
    why: `${failure.words.slice(0, 200)}; ${NEXT[failure.kind] ?? "see the task's log"}. Its newest good backup is ${guest.lastAt === undefined ? "none" : `of ${guest.lastAt}`}`,
    cause: failure.kind,
    evidence: [evidenceOf(failure)],
  });

const ofRun = (failure: Failure, title: string): Alert =>
  alertOf({
    key: "backup-run-failed",
    resource: failure.storage === undefined ? `node/${failure.node.toLowerCase()}` : storeId(failure.storage, undefined),
    severity: "critical",
    title,
    why: `all for the same reason: ${failure.words.slice(0, 200)}; ${NEXT[failure.kind] ?? "see the task's log"}`,
    cause: failure.kind,
    evidence: [evidenceOf(failure)],
  });

export const failureAlerts = (now: Backups, guests: readonly GuestBackups[], open: readonly Alert[]): Alert[] => {
  const isHeld = (guest: GuestBackups): boolean => guest.busy === true && !isOpen(open, "backup-failed", `guest/${guest.vmid}`);
  const failed = guests.flatMap((guest) => (guest.failure === undefined || isHeld(guest) ? [] : [{ guest, failure: guest.failure }]));
  const runs = Map.groupBy(failed, ({ failure }) => `${failure.kind} ${failure.storage ?? failure.node}`);
  const whole = now.failure === undefined ? [] : [ofRun(now.failure, `A backup run on ${now.failure.node} failed`)];
  const told = [...runs.values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    return some.length > MANY ? [ofRun(first.failure, `The last backups of ${some.length} guests failed`)] : some.map(({ guest, failure }) => ofGuest(guest, failure));
  });
  return [...new Map([...whole, ...told].map((alert) => [`${alert.key} ${alert.resource}`, alert])).values()];
};
