// The file KILL: what it says now, and that it was made even where nobody read it before it was gone. Writes nothing.
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { KillLevel } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import type { watchFolder } from "../lib/watch-folder.ts";

/** Making the file and writing the level into it are two steps of whoever does it. */
const SETTLE_WALL_MS = 50;
/** What the system still has to tell of our own removal is over by then. */
const RESUME_WALL_MS = 100;

const isMissing = (thrown: unknown): boolean => thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";

/** What the file says now. A folder that cannot be read counts as engaged: nobody could have said stop. */
export const readKillFile = (path: string): KillLevel | undefined => {
  try {
    const word = KillLevel.safeParse(readFileSync(path, "utf8").trim());
    return word.success ? word.data : "effects";
  } catch (thrown) {
    if (!isMissing(thrown)) return "effects";
  }
  try {
    accessSync(dirname(path), constants.R_OK | constants.X_OK);
    return undefined;
  } catch {
    return "effects";
  }
};

interface Options {
  readonly paths: readonly string[];
  readonly clock: Clock;
  readonly watch: typeof watchFolder;
  /** `vanished`: the file was made and is gone again, unread. */
  readonly appeared: (vanished: boolean) => void;
}

/** Watches the files' folders by the system's own notices. `attach` again where a folder was not there; `during` is for removing the files ourselves. */
export const watchKillFiles = ({ paths, clock, watch, appeared }: Options) => {
  const stops = new Map<string, () => void>();
  const present = new Set<string>();
  const pending = new Map<string, () => void>();
  let paused = false;

  const note = (path: string): boolean => {
    const there = existsSync(path);
    if (there) present.add(path);
    else present.delete(path);
    return there;
  };
  const look = (path: string): void => {
    pending.delete(path);
    const before = present.has(path);
    const there = note(path);
    if (there || !before) appeared(!there);
  };
  const soon = (path: string): void => {
    if (!pending.has(path))
      pending.set(
        path,
        clock.after(SETTLE_WALL_MS * clock.rate, () => look(path), true),
      );
  };

  const attach = (): void => {
    if (paused) return;
    for (const folder of new Set(paths.map((path) => dirname(path)))) {
      if (stops.has(folder)) continue;
      const mine = paths.filter((path) => dirname(path) === folder);
      const stop = watch({ folder, told: (name) => mine.filter((path) => basename(path) === name).forEach(soon), ended: () => void stops.delete(folder) });
      if (!stop) continue;
      stops.set(folder, stop);
      mine.forEach(note);
    }
  };
  const detach = (): void => {
    for (const stop of [...stops.values(), ...pending.values()]) stop();
    stops.clear();
    pending.clear();
  };

  let resume = (): void => undefined;
  /** What happens to the files meanwhile is our own doing. */
  const during = (act: () => void): void => {
    paused = true;
    detach();
    resume();
    act();
    resume = clock.after(
      RESUME_WALL_MS * clock.rate,
      () => {
        paused = false;
        attach();
      },
      true,
    );
  };

  const stop = (): void => {
    paused = true;
    resume();
    detach();
  };

  attach();
  return { attach, during, stop };
};
