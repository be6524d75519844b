// Rule 1: somebody or something was to bring the guest back after the stop, and Proxmox failed at it. Then it is down by nobody's wish, whatever stopped it; a start broken off by hand is a wish. Pure.
import type { Evidence } from "jarvis";
import type { ProbedTask } from "../probe/guest.ts";
import { type About, type Finding, ourTime } from "./about.ts";
import { isWell, SECOND_MS, STANDING, STARTING } from "./task-rule.ts";

/** They take a guest down and bring it up again by themselves. A VM's move leaves it running where it was when it fails. */
const RETURNING = /^(?:(?:qm|vz)reboot|vzmigrate|vzdump)$/;
/** How a task ends that a person stopped. */
const BROKEN_OFF = /interrupted by signal|received interrupt|^unexpected status/i;

const isFailedReturn = (task: ProbedTask, { probe, stop }: About): boolean => {
  if (task.id !== String(probe.guest.vmid) || task.endedAt === undefined || isWell(task.exit) || BROKEN_OFF.test(task.exit ?? "")) return false;
  if (task.endedAt + SECOND_MS < stop.fromMs) return false;
  return STARTING.test(task.type) ? task.startedAt + SECOND_MS >= stop.fromMs : RETURNING.test(task.type) && task.startedAt <= stop.toMs;
};

/** Started well, or stopped again by somebody, after it failed. */
const isUndone = (failed: ProbedTask, tasks: readonly ProbedTask[]): boolean =>
  tasks.some((task) => task.upid !== failed.upid && task.startedAt >= failed.startedAt && (STANDING.test(task.type) || (STARTING.test(task.type) && isWell(task.exit))));

/** The newest start that failed since the stop and that nothing has undone; none of our own, whose failure the incident tells itself. */
const failedReturn = (about: About): ProbedTask | undefined => {
  const tasks = about.probe.tasks ?? [];
  const [newest] = tasks.filter((task) => isFailedReturn(task, about) && !about.probe.ourUsers.includes(task.user)).sort((a, b) => b.startedAt - a.startedAt);
  return newest === undefined || isUndone(newest, tasks) ? undefined : newest;
};

/** `failure`: what the journal tells of the stop itself. */
export const byFailedStart = (about: About, failure: Finding | undefined): Finding | undefined => {
  const { probe } = about;
  const task = failedReturn(about);
  if (task === undefined || probe.status?.word === "running") return undefined;
  const evidence: Evidence[] = [
    { what: `${task.type} by ${task.user}: ${task.exit}`, source: task.upid, at: ourTime(probe, task.startedAt) },
    ...(task.log ?? []).map((line) => ({ what: line, source: `log of ${task.upid}` })),
  ];
  const before = failure === undefined ? "is down" : failure.kind === "oom" ? "was killed for memory" : "crashed";
  return {
    kind: "start-failed",
    words: `${probe.guest.name} ${before}, and ${task.user}'s ${task.type} did not bring it up: ${task.exit}. Another start most likely ends the same way until that is mended, so I ask first.`,
    evidence: [...evidence, ...(failure?.evidence ?? [])],
    verdict: "fault",
    propose: true,
  };
};
