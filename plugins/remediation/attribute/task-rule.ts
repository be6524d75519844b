// Rule 2 of the order of proof: a task of anybody, running at the stop or ended within two ticks before it, is why the guest is down. Pure.
import type { Evidence } from "jarvis";
import type { ProbedTask } from "../probe/guest.ts";
import { type About, type Finding, ourTime } from "./about.ts";

const TWO_TICKS_MS = 20_000;
/** Seconds are cut off on the way. */
export const SECOND_MS = 1000;
const DAEMON = "root@pam";

const STOPPING =
  /^(?:qm|vz)(?:stop|shutdown|suspend|pause|reboot|reset|destroy|rollback|restore|migrate|template|move_volume)$|^qmigrate$|^vzdump$|^(?:stopall|suspendall|migrateall)$|^bulk-(?:shutdown|suspend|migrate|stop)$|^ha(?:stop|migrate|relocate)$/;
const MIGRATING = /^(?:qmigrate|vzmigrate|qmmigrate|migrateall|bulk-migrate|hamigrate|harelocate)$/;
export const STARTING = /^(?:qm|vz)(?:start|resume)$|^hastart$/;
const RESTARTING = /^(?:qm|vz)reboot$/;
export const STANDING = /^(?:qm|vz)(?:stop|shutdown|suspend|pause|destroy)$|^hastop$/;

export const isWell = (exit: string | undefined): boolean => exit === undefined || exit === "OK" || /^WARNINGS: \d+$/.test(exit);

/** The guest was started again after this task and before the stop: it explains nothing any more. */
const isSpent = (task: ProbedTask, { probe, stop, lastStartMs }: About): boolean => {
  const over = task.endedAt ?? (RESTARTING.test(task.type) ? task.startedAt + SECOND_MS : undefined);
  if (over === undefined) return false;
  if (lastStartMs !== undefined && lastStartMs >= (RESTARTING.test(task.type) ? task.startedAt + SECOND_MS : over)) return true;
  return (probe.tasks ?? []).some((other) => STARTING.test(other.type) && isWell(other.exit) && other.startedAt >= over && other.startedAt <= stop.fromMs);
};

const isAtStop = (task: ProbedTask, { stop }: About): boolean => {
  if (task.startedAt > stop.toMs + SECOND_MS) return false;
  return task.exit === undefined || (task.endedAt !== undefined && task.endedAt + SECOND_MS >= stop.fromMs - TWO_TICKS_MS);
};

const kindOf = (task: ProbedTask, { probe }: About): { kind: string; who: string } => {
  if (probe.ourUsers.includes(task.user)) return { kind: "jarvis", who: "I did that myself" };
  if (task.type === "vzdump") return { kind: "backup", who: `A backup started by ${task.user} holds it` };
  if (MIGRATING.test(task.type)) return { kind: "migration", who: `A migration started by ${task.user} moves it` };
  if (probe.status?.haManaged && task.user === DAEMON && /^(?:qm|vz)/.test(task.type)) return { kind: "ha", who: "The HA manager did that" };
  return { kind: "user", who: `${task.user} did that` };
};

const evidenceOf = (task: ProbedTask, about: About): Evidence => ({
  what: `${task.type} by ${task.user}${task.names ? ", naming this guest in its log" : ""}: ${task.exit ?? "still running"}`,
  source: task.upid,
  at: ourTime(about.probe, task.startedAt),
});

/** A person's order to HA explains the task that HA then runs. */
const rank = (task: ProbedTask): number => (/^ha/.test(task.type) ? 1 : 0);

/** A backup starts the guest again itself, mostly long before it ends: what fails after that start is no work of the backup. */
const broughtBack = (task: ProbedTask, { lastStartMs }: About): boolean => task.type === "vzdump" && lastStartMs !== undefined && lastStartMs >= task.startedAt;

/** `failed`: the journal shows a failure in this life of the guest. */
export const byTask = (about: About, failed: boolean): Finding | undefined => {
  const found = (about.probe.tasks ?? []).filter((task) => STOPPING.test(task.type) && isAtStop(task, about) && !isSpent(task, about) && !(failed && broughtBack(task, about)));
  const [task] = [...found].sort((a, b) => rank(b) - rank(a) || b.startedAt - a.startedAt);
  if (task === undefined) return undefined;
  const { kind, who } = kindOf(task, about);
  return { kind, words: `${who} (${task.type}), so ${about.probe.guest.name} is down on purpose.`, evidence: found.map((one) => evidenceOf(one, about)), verdict: "meant" };
};

const OUR_STOPS = /_guest_(?:stop|shutdown|reboot)$/;

/** Our own call counts even before its task shows. */
export const byOurCall = (about: About): Finding | undefined => {
  const { probe, stop, ours } = about;
  const skew = probe.clocks.clusterMs - probe.clocks.oursMs;
  const call = ours.find((one) => {
    const at = Date.parse(one.at) + skew;
    return OUR_STOPS.test(one.tool) && at <= stop.toMs && at >= stop.fromMs - TWO_TICKS_MS && (about.lastStartMs === undefined || about.lastStartMs < at);
  });
  if (call === undefined) return undefined;
  return {
    kind: "jarvis",
    words: `I did that myself (${call.tool}), so ${probe.guest.name} is down on purpose.`,
    evidence: [{ what: `my own call of ${call.tool}`, source: call.upid ?? "journal", at: call.at }],
    verdict: "meant",
  };
};

/** A stop on record that nobody has undone: while it stands, silence is no reason to start the guest. */
export const standingStop = ({ probe }: About): ProbedTask | undefined => {
  const tasks = probe.tasks ?? [];
  const sawRunning = probe.clocks.lastRunningMs ?? Number.NEGATIVE_INFINITY;
  return tasks.find((task) => {
    if (!STANDING.test(task.type) || (task.endedAt ?? Number.POSITIVE_INFINITY) < sawRunning - 3 * TWO_TICKS_MS) return false;
    return !tasks.some(
      (other) => (STARTING.test(other.type) || RESTARTING.test(other.type)) && isWell(other.exit) && other.startedAt >= task.startedAt && other.upid !== task.upid,
    );
  });
};
