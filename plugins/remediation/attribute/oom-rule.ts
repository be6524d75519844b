// Rule 3: the kernel's OOM killer took the guest. The victim counts, not the process that asked for memory (`invoked oom-killer` names only that one). Pure.
import type { Line } from "../probe/guest.ts";
import { cgroupIn, isSystemd, sameUnit, type Unit, unitIn } from "./units.ts";

const UNIT_KILLED = /killed by the OOM killer|Failed with result 'oom-kill'|result 'oom-kill'/i;
/** Only a machine's process can be told by its name: what a container runs could be anybody's. */
export const PLAIN_KILL = /(?:Out of memory|Memory cgroup out of memory): Killed process (\d+) \((?:kvm|qemu-system-\w+)\)/i;

/** The cgroup of the process that was killed; the limited one where the line names no other. */
export const victimOf = (text: string): Unit | undefined => {
  if (!/\boom-kill:/.test(text)) return undefined;
  const task = /task_memcg=([^,\s]+)/.exec(text)?.[1];
  const limited = /oom_memcg=([^,\s]+)/.exec(text)?.[1];
  return (task === undefined ? undefined : cgroupIn(task)) ?? (limited === undefined ? undefined : cgroupIn(limited));
};

export const isOom = (line: Line, unit: Unit): boolean => {
  if (/^kernel/.test(line.from)) return sameUnit(victimOf(line.text), unit);
  return isSystemd(line) && UNIT_KILLED.test(line.text) && sameUnit(unitIn(line.text), unit);
};
