// Opens a database that may have been damaged: what is no whole database goes aside under a name with the time, its log with it, and a fresh one takes its place. A full disk or somebody's lock is no damage.
import { existsSync, renameSync } from "node:fs";
import type { OpenDatabase } from "./open.ts";

const DEEPEST = 5;

/** SQLite's words for it, however deep they are wrapped; a plain error is a table that is not as its definition says. */
const isDamage = (thrown: unknown, depth = 0): boolean => {
  if (!(thrown instanceof Error) || depth > DEEPEST) return false;
  return ("code" in thrown && /^SQLITE_(?:CORRUPT|NOTADB|ERROR$)/.test(String(thrown.code))) || isDamage(thrown.cause, depth + 1);
};

export interface Damage {
  /** Where the old file lies now. */
  readonly aside: string;
  readonly words: string;
}

interface Options {
  readonly path: string;
  /** Throws when the file cannot be read. */
  readonly open: () => OpenDatabase;
  /** What is wrong with a file that could be opened. */
  readonly check?: (opened: OpenDatabase) => string | undefined;
  readonly nowMs: number;
}

const tryOpen = ({ open, check }: Options): OpenDatabase | string => {
  let opened: OpenDatabase | undefined;
  try {
    opened = open();
    const words = check?.(opened);
    if (words === undefined) return opened;
    opened.close();
    return words;
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    opened?.close();
    return String(thrown);
  }
};

/** Throws what is no damage: locked, no room, not to be made. */
export const openWhole = (options: Options): { opened: OpenDatabase; damage?: Damage } => {
  const { path, open, nowMs } = options;
  const found = tryOpen(options);
  if (typeof found !== "string") return { opened: found };
  const aside = `${path}.corrupt-${Math.round(nowMs)}`;
  for (const suffix of ["", "-wal", "-shm"]) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  return { opened: open(), damage: { aside, words: found } };
};
