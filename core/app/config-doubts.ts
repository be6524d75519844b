// What is to be said of the configuration that no schema sees: circles of declared links at once; and when the house has been seen, links to what nothing has, and a `self:` that nothing confirms. One warning each with its line, and a notice while it is so. Only tells.
import type { CoreStatus } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Loaded } from "../settings/load.ts";
import { circlesIn, type DeclaredRemark, strangersIn } from "../state/declared.ts";

type Notices = NonNullable<CoreStatus["notices"]>;

/** Sources that are read seldom have told by then what they see; the signs of many guests take longer. */
const [SEEN_MS, LATE_MS, HOUR_MS] = [60_000, 600_000, 3_600_000];

interface Parts {
  loaded: Pick<Loaded, "config" | "place">;
  clock: Clock;
  log: Log;
  /** All that is seen now. */
  ids: () => readonly string[];
  selfDoubt: (isLate: boolean) => string | undefined;
  changed: () => void;
}

export const createConfigDoubts = ({ loaded, clock, log, ids, selfDoubt, changed }: Parts) => {
  const { depends } = loaded.config;
  const known = new Map<string, Notices[number]>();
  let startedMs = 0;
  let cancel = (): void => undefined;

  /** `remarks`: several may be about one place, and each has a name of its own. */
  const noticeOf = ({ path, words }: DeclaredRemark, index: number, remarks: readonly DeclaredRemark[]): Notices[number] => {
    const text = `${loaded.place(path)}: ${String(path[0])}: ${words}`;
    const what = path.map(String).join(" ");
    const same = remarks.slice(0, index).filter((other) => other.path.map(String).join(" ") === what).length;
    return known.get(text) ?? { what: same === 0 ? what : `${what} (${same + 1})`, words: text, since: clock.iso() };
  };

  const tell = (remarks: readonly DeclaredRemark[]): void => {
    const now = new Map(remarks.map(noticeOf).map((one) => [one.words, one]));
    const fresh = [...now.keys()].filter((words) => !known.has(words));
    const isOther = fresh.length > 0 || now.size !== known.size;
    known.clear();
    for (const [words, one] of now) known.set(words, one);
    for (const words of fresh) log("warn", words);
    if (isOther) changed();
  };

  const look = (): void => {
    const seen = ids();
    const doubt = selfDoubt(clock.now() - startedMs >= LATE_MS);
    const own = doubt === undefined ? [] : [{ path: ["self"], words: doubt }];
    // A house that is out of sight says nothing of names.
    tell([...circlesIn(depends), ...(seen.length === 0 ? [] : [...strangersIn(depends, seen), ...own])]);
  };

  const wait = (): void => {
    const isEarly = clock.now() - startedMs < LATE_MS + SEEN_MS;
    cancel = clock.after(
      isEarly ? SEEN_MS : HOUR_MS,
      () => {
        look();
        wait();
      },
      true,
    );
  };

  return {
    list: (): Notices => [...known.values()],
    start(): void {
      startedMs = clock.now();
      tell(circlesIn(depends));
      wait();
    },
    stop: (): void => cancel(),
  };
};
