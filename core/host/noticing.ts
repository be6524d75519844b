// Notices within a second that something appeared in or left a plugin folder, or changed there. Only ever says "look again".
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../lib/clock.ts";
import { watchFolder } from "../lib/watch-folder.ts";

const SETTLE_WALL_MS = 100;
const LOOK_WALL_MS = 900;
const MOST_NAMES = 500;

interface Options {
  readonly folders: readonly string[];
  readonly clock: Clock;
  readonly changed: () => void;
}

/** Watches by the system's own notices; where there are none (a folder that is not there yet, a network mount) it looks at the names itself. */
export const notice = ({ folders, clock, changed }: Options): (() => void) => {
  const watchers = new Map<string, () => void>();
  let settle: (() => void) | undefined;
  let look: (() => void) | undefined;
  let before = glance(folders);

  const soon = (): void => {
    settle?.();
    settle = clock.after(SETTLE_WALL_MS * clock.rate, changed, true);
  };
  const attach = (folder: string): void => {
    // Where it cannot be watched it is looked at by name below.
    const unwatch = watchFolder({ folder, told: soon, ended: () => void watchers.delete(folder) });
    if (unwatch) watchers.set(folder, unwatch);
  };
  const lookAgain = (): void => {
    for (const folder of folders) if (!watchers.has(folder)) attach(folder);
    const now = glance(folders);
    if (now !== before) soon();
    before = now;
    look = clock.after(LOOK_WALL_MS * clock.rate, lookAgain, true);
  };
  lookAgain();

  return () => {
    settle?.();
    look?.();
    for (const unwatch of watchers.values()) unwatch();
  };
};

/** Names and times of change of a folder's entries: cheap enough to look at every second. */
const glance = (folders: readonly string[]): string =>
  folders
    .map((folder) => {
      try {
        return readdirSync(folder)
          .slice(0, MOST_NAMES)
          .map((name) => `${name}:${touched(join(folder, name))}`)
          .join();
      } catch {
        return "";
      }
    })
    .join("\n");

const touched = (path: string): number => {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
};
