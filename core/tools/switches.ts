// Autonomy and the kill switch in one place: the mode, the file KILL, the journal's last word. Only the operator raises; anyone may lower.
import { existsSync, rmSync, writeFileSync } from "node:fs";
import type { Caller } from "../contract/caller.ts";
import { JarvisError } from "../contract/error.ts";
import { Autonomy, KillLevel } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import type { watchFolder } from "../lib/watch-folder.ts";
import type { Journal } from "../store/journal/open.ts";
import { isOperator } from "./caller-row.ts";
import { readKillFile, watchKillFiles } from "./kill-file.ts";

const LOOK_EVERY_MS = 1000;
const LONGEST_REASON = 500;
const LEVELS: readonly KillLevel[] = KillLevel.options;
const FILE: Caller = { kind: "operator", id: "file KILL", scope: "admin", tainted: false };

export interface SwitchView {
  readonly mode: Autonomy;
  readonly killed: boolean;
  readonly killLevel?: KillLevel;
  readonly maintenance: boolean;
}

interface Options {
  journal: Pick<Journal, "modes" | "switched" | "problems" | "verifyNew">;
  clock: Clock;
  killPath: string;
  /** Further files that hold as well: a person may know only the outer folder. None is written here; a release removes them. */
  moreKillPaths?: readonly string[];
  /** The configuration's word. It counts when the operator changed it since it was last noted; else the last mode set does. */
  initialMode: Autonomy;
  maintenance?: () => boolean;
  /** Tells of the file's making even when it is gone before anybody looks. Absent: the file counts only while it is there. */
  watchFolder?: typeof watchFolder;
}

const rank = (level: KillLevel | undefined): number => (level === undefined ? -1 : LEVELS.indexOf(level));
const heavier = (a: KillLevel | undefined, b: KillLevel | undefined): KillLevel | undefined => (rank(b) > rank(a) ? b : a);

const startingMode = (journal: Options["journal"], initialMode: Autonomy): Autonomy => {
  const { configured, mode } = journal.modes();
  if (configured === initialMode) return mode ?? initialMode;
  journal.switched({ act: "configured", mode: initialMode });
  return initialMode;
};

export const createSwitches = ({ journal, clock, killPath, moreKillPaths = [], initialMode, maintenance = () => false, watchFolder: watch }: Options) => {
  let mode = startingMode(journal, initialMode);
  /** In memory first: engaging works with no disk at all. */
  let level = journal.modes().killLevel;
  const listeners = new Set<(view: SwitchView) => void>();
  let told = "";
  const files = [killPath, ...moreKillPaths];

  /** What holds now. A file made by hand is put on record by whoever meets it first, so that removing it by hand does not release. */
  const killLevel = (): KillLevel | undefined => {
    const file = [readKillFile(killPath), ...moreKillPaths.filter((path) => existsSync(path)).map(readKillFile)].reduce(heavier, undefined);
    if (rank(file) > rank(level) && files.some((path) => existsSync(path))) record(file ?? "effects", FILE, "the file KILL");
    return heavier(level, file);
  };
  const view = (): SwitchView => {
    const now = killLevel();
    return { mode, killed: now !== undefined, ...(now === undefined ? {} : { killLevel: now }), maintenance: maintenance() };
  };
  const tell = (): void => {
    const now = view();
    const text = JSON.stringify(now);
    if (text === told) return;
    told = text;
    for (const listener of listeners) listener(now);
  };

  /** The journal's word and the file's, each as far as it can be written: either alone holds over a restart. */
  const persist = (now: KillLevel, by: Caller, reason: string | undefined): void => {
    try {
      journal.switched({ act: "engage", level: now, by, ...(reason === undefined ? {} : { reason: reason.slice(0, LONGEST_REASON) }) });
    } catch {
      try {
        writeFileSync(killPath, now === "effects" ? "" : now);
      } catch {
        // Neither can be written: it holds in memory, and a folder that cannot be written is seen at the next start.
      }
    }
  };

  const record = (now: KillLevel, by: Caller, reason: string | undefined): void => {
    level = now;
    persist(now, by, reason);
  };

  /** Only ever adds: a lighter level asked for while a heavier one holds changes nothing. */
  const engage = (wanted: KillLevel, by: Caller, reason?: string): void => {
    if (rank(wanted) > rank(level)) record(wanted, by, reason);
    tell();
  };

  /** Throws operator_only. The record comes first: a crash between leaves the file, which still holds. */
  const release = (by: Caller): void => {
    if (!isOperator(by)) throw new JarvisError("operator_only", { message: "Only the operator may release the kill switch." });
    const accepted = [...journal.problems, ...journal.verifyNew().problems].map(({ key }) => key);
    journal.switched({ act: "release", by, accepted: [...new Set(accepted)] });
    const remove = (): void => {
      for (const path of files) rmSync(path, { force: true });
    };
    if (killFiles) killFiles.during(remove);
    else remove();
    level = undefined;
    tell();
  };

  /** Throws operator_only for raising. */
  const setMode = (wanted: Autonomy, by: Caller, why?: string): void => {
    const raises = Autonomy.options.indexOf(wanted) > Autonomy.options.indexOf(mode);
    if (raises && !isOperator(by)) throw new JarvisError("operator_only", { message: "Only the operator may raise autonomy; anyone who operates may lower it." });
    if (wanted === mode) return;
    if (raises) journal.switched({ act: "mode", mode: wanted, by, ...(why === undefined ? {} : { why }) });
    mode = wanted;
    if (!raises) lowered(wanted, by, why);
    tell();
  };
  /** Lowering counts even when it cannot be written down. */
  const lowered = (wanted: Autonomy, by: Caller, why: string | undefined): void => {
    try {
      journal.switched({ act: "mode", mode: wanted, by, ...(why === undefined ? {} : { why }) });
    } catch {
      tell();
    }
  };

  const killFiles =
    watch && watchKillFiles({ paths: files, clock, watch, appeared: (vanished) => (vanished ? engage("effects", FILE, "the file KILL, made and removed again") : tell()) });
  const look = (): void => {
    tell();
    killFiles?.attach();
    stopLooking = clock.after(LOOK_EVERY_MS, look, true);
  };
  let stopLooking = clock.after(LOOK_EVERY_MS, look, true);
  told = JSON.stringify(view());

  const on = (listener: (now: SwitchView) => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  return {
    view,
    /** Whether anything is mended unasked now. */
    acts: (): boolean => {
      const { mode: now, killed } = view();
      return now === "act" && !killed;
    },
    /** The level now, read from disk in this very step; for the step that appends `sending`. */
    checkSync: (): KillLevel | undefined => killLevel(),
    setMode,
    engage,
    release,
    on,
    stop: (): void => {
      stopLooking();
      killFiles?.stop();
    },
  };
};

export type Switches = ReturnType<typeof createSwitches>;
