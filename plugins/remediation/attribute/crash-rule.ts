// Rule 4: the guest's unit failed, qmeventd reports an error for it, or its process died by a signal. A kernel line carries only a process number: it belongs to the
// guest whose unit ended next, each such line to one guest. Pure.
import type { Line } from "../probe/guest.ts";
import { guestShutdown } from "./inside-rule.ts";
import { PLAIN_KILL, victimOf } from "./oom-rule.ts";
import { endsUnit, isSystemd, namedIn, names, sameUnit, type Unit, unitIn } from "./units.ts";

const UNIT_FAILED =
  /Failed with result '(?!oom-kill)[\w-]+'|Main process exited, code=(?:dumped|killed)\b|Main process exited, code=exited, status=(?!0\b)\d+|entered failed state/i;
const GENTLE = /code=killed, status=15\/TERM/;
const EVENT_ERROR = /\b(?:error|failed|failure|abort\w*|crash\w*|unexpected\w*|lost connection)\b/i;
const PROCESS = /\b(?:kvm|qemu-system-\w+)\b|\bCPU \d+\/KVM\b/;
const DEATH =
  /segfault at|general protection|trap (?:invalid opcode|divide error|stack segment|int3)|aborted, signal \d+|terminated abnormally|dumped core|Assertion .* failed|KVM internal error|double free|stack smashing/i;
/** A core dump may take its time between the death and the unit's end. */
const LATEST_MS = 30_000;

type Timed = Line & { at: number };

/** Own, by number: nobody else's line can match. */
export const isOwnCrash = (line: Line, unit: Unit): boolean => {
  if (isSystemd(line)) return UNIT_FAILED.test(line.text) && !GENTLE.test(line.text) && sameUnit(unitIn(line.text), unit);
  if (/^qmeventd/.test(line.from)) return names(line.text, unit.vmid) && EVENT_ERROR.test(line.text) && !/SHUTDOWN event|cleanup for/i.test(line.text);
  return false;
};

/** Processes whose guest the OOM killer itself named by its cgroup: what else is told of them is that guest's. */
const namedVictims = (lines: readonly Line[]): Set<string> => new Set(lines.flatMap(({ text }) => (victimOf(text) ? (/\bpid=(\d+)/.exec(text)?.[1] ?? []) : [])));

/** A death without a guest's number: of which process, or undefined. A QEMU line counts for its process number. */
const anonymousDeath = (line: Line, named: ReadonlySet<string>): string | undefined => {
  if (victimOf(line.text)) return undefined;
  const killed = PLAIN_KILL.exec(line.text);
  if (/^kernel/.test(line.from) && killed) return named.has(killed[1] ?? "") ? undefined : killed[1];
  if (!DEATH.test(line.text)) return undefined;
  if (/^kernel/.test(line.from) && PROCESS.test(line.text)) return /\[(\d+)\]/.exec(line.text)?.[1] ?? "?";
  if (/^(?:QEMU|kvm)\[/.test(line.from)) return /\[(\d+)\]/.exec(line.from)?.[1] ?? "?";
  if (/^systemd-coredump/.test(line.from) && PROCESS.test(line.text)) return /Process (\d+)/.exec(line.text)?.[1] ?? "?";
  return undefined;
};

interface Death {
  lines: Timed[];
  vmid: number | undefined;
}

/** Threads of one process die under neighbouring numbers: lines that follow one another without a unit's end between them are one death, unless they name two processes twice. */
const near = (a: string, b: string): boolean => a === b || a === "?" || b === "?" || Math.abs(Number(a) - Number(b)) <= 64;

/** Hands each anonymous death to the guest whose scope ends next. Guests with a reason of their own take none. */
export const anonymousDeaths = (lines: readonly Timed[]): Map<number, Timed[]> => {
  const explained = new Set(lines.flatMap((line) => ownReason(line) ?? []));
  const named = namedVictims(lines);
  const waiting: (Death & { process: string })[] = [];
  const given = new Map<number, Timed[]>();
  for (const line of lines) {
    const process = anonymousDeath(line, named);
    if (process !== undefined) {
      const open = waiting.find((death) => near(death.process, process));
      if (open) open.lines.push(line);
      else waiting.push({ process, lines: [line], vmid: namedIn(line.text) });
      continue;
    }
    const unit = endsUnit(line);
    if (unit?.kind !== "vm" || explained.has(unit.vmid) || given.has(unit.vmid)) continue;
    const index = waiting.findIndex((death) => (death.vmid === undefined || death.vmid === unit.vmid) && line.at - (death.lines.at(-1)?.at ?? 0) <= LATEST_MS);
    const [death] = index < 0 ? [] : waiting.splice(index, 1);
    if (death) given.set(unit.vmid, death.lines);
  }
  return given;
};

/** The guest a line explains by itself, so that it needs no anonymous death. */
const ownReason = (line: Line): number | undefined => {
  const unit = isSystemd(line) ? unitIn(line.text) : undefined;
  if (unit?.kind === "vm" && (isOwnCrash(line, unit) || /OOM killer|oom-kill/.test(line.text))) return unit.vmid;
  const victim = victimOf(line.text);
  if (victim?.kind === "vm") return victim.vmid;
  return guestShutdown(line);
};

export const isMemoryDeath = (line: Line): boolean => PLAIN_KILL.test(line.text);
