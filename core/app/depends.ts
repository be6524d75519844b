// Looks once at the links the operator declared, when the house has been seen: a name nothing has is most often a slip. Only warns; a thing that appears later gets its link all the same.
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Loaded } from "../settings/load.ts";
import { remarksOn } from "../state/declared.ts";

/** Sources that are read seldom have told by then what they see. */
const SEEN_MS = 60_000;

interface Parts {
  loaded: Loaded;
  clock: Pick<Clock, "after">;
  log: Log;
  /** All that is seen now. */
  ids: () => readonly string[];
}

export const reviewDepends = ({ loaded, clock, log, ids }: Parts): void => {
  const { depends } = loaded.config;
  if (Object.keys(depends).length === 0) return;
  const look = (): void => {
    const known = ids();
    // A house that is out of sight says nothing of names.
    if (known.length === 0) wait();
    else for (const { path, words } of remarksOn(depends, known)) log("warn", `${loaded.place(path)}: depends: ${words}`);
  };
  const wait = (): void => void clock.after(SEEN_MS, look, true);
  wait();
};
