// Backup jobs (/cluster/backup), the guests no job names, the backups on a storage, and what the log of a vzdump task says of each guest.
import { z } from "jarvis";
import { looseFlag, looseNumber, looseRows, looseText } from "./loose.ts";

const ids = looseText.transform((text) => (text?.split(/[,;\s]+/) ?? []).map(Number).filter((id) => Number.isInteger(id) && id > 0));

export const Jobs = looseRows(
  z.object({
    id: z.string(),
    type: looseText,
    /** Absent: it is. */
    enabled: looseFlag,
    schedule: looseText,
    storage: looseText,
    all: looseFlag,
    vmid: ids,
    exclude: ids,
    pool: looseText,
    node: looseText,
    comment: looseText,
  }),
);
export type Job = z.output<typeof Jobs>[number];

export const NotBackedUp = looseRows(z.object({ vmid: looseNumber }));

export const Volumes = looseRows(
  z.object({ volid: z.string(), vmid: looseNumber, ctime: looseNumber, size: looseNumber, verification: z.object({ state: looseText }).optional().catch(undefined) }),
);

export interface RunWords {
  readonly storage: string | undefined;
  /** Why a guest's backup failed, by vmid. */
  readonly failed: ReadonlyMap<number, string>;
  readonly finished: ReadonlySet<number>;
  /** Of the run as a whole. */
  readonly whole: string | undefined;
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/no space left|enospc|quota|not enough (?:free )?space|os error 28/i, "storage"],
  [/is locked \(|lock request timeout|can't (?:lock|acquire lock)/i, "lock"],
  [/fsfreeze|fs-freeze|guest.?agent|qmp command/i, "agent"],
  [/timed out|connection|unreachable|refused|not online|no route|network/i, "network"],
];

/** The class of the cause: storage, lock, agent, network, else backup. */
export const failureKind = (words: string): string => KINDS.find(([pattern]) => pattern.test(words))?.[1] ?? "backup";

const [MOST_GUESTS, LINES_BEFORE] = [500, 10];

/** What failed in the end is often but the echo (a broken pipe) of a line before it: the last such line of this guest that tells a cause is added. `before`: the log up to the failure. */
export const withCause = (words: string, before: readonly string[]): string => {
  if (failureKind(words) !== "backup") return words;
  const own = before.slice(Math.max(0, before.findLastIndex((line) => line.startsWith("INFO: Starting Backup of")) + 1)).slice(-LINES_BEFORE);
  const cause = own.findLast((line) => !line.startsWith("INFO:") && failureKind(line) !== "backup");
  return cause === undefined ? words : `${words} (${cause.replace(/^ERROR: /, "").trim()})`;
};

export const runWordsOf = (lines: readonly { t?: string | undefined }[]): RunWords => {
  const failed = new Map<number, string>();
  const finished = new Set<number>();
  let [storage, whole]: (string | undefined)[] = [];
  const texts = lines.map(({ t = "" }) => t);
  for (const [at, t] of texts.entries()) {
    storage ??= /--storage (\S+)/.exec(t)?.[1];
    const [, id, why] = /ERROR: Backup of (?:VM|CT) (\d+) failed - (.*)$/.exec(t) ?? [];
    if (id !== undefined && why !== undefined && failed.size < MOST_GUESTS) failed.set(Number(id), withCause(why.trim(), texts.slice(0, at)));
    const done = /INFO: Finished Backup of (?:VM|CT) (\d+)/.exec(t)?.[1];
    if (done !== undefined && finished.size < MOST_GUESTS) finished.add(Number(done));
    whole ??= /TASK ERROR: (.*)$/.exec(t)?.[1]?.trim();
  }
  return { storage, failed, finished, whole };
};

/** A person, or a restart of the daemon, ended it: that is no failure of the backup. A run that was killed, or whose node went down, has no last line (`unexpected status`): that is one. */
export const wasStopped = (exit: string): boolean => /interrupt|aborted/i.test(exit);
