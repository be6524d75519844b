// Writes that hold nobody up: on a disk that takes nothing they wait in memory, the newest of each key, and are made once it takes them again. For what is worked out or told anyway; what must be on disk before somebody acts is written directly.
/** The oldest gives way: what waits that long is mostly told anew by then. */
const MOST_WAITING = 5000;

/** `words`: why the disk takes nothing; undefined: it does again. */
type Told = (words: string | undefined) => void;

/** SQLite's own refusals to write; a row that does not fit is a fault of whoever made it. */
export const isOfTheDisk = (thrown: unknown): thrown is Error =>
  thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" && /^SQLITE_(?:FULL|IOERR|BUSY|LOCKED|READONLY|CANTOPEN)/.test(thrown.code);

export const createPatient = () => {
  const waiting = new Map<string, () => void>();
  const listeners = new Set<Told>();
  let trouble = false;

  const tell = (words: string | undefined): void => {
    trouble = words !== undefined;
    for (const listener of listeners) listener(words);
  };

  /** Whether nothing waits any more. `own`: whose maker hears of a write that is wrong in itself; nobody is there to hear of what waited. */
  const attempt = (own: string | undefined): boolean => {
    for (const [key, act] of waiting) {
      try {
        act();
      } catch (thrown) {
        if (isOfTheDisk(thrown)) {
          if (!trouble) tell(thrown.message);
          return false;
        }
        waiting.delete(key);
        if (key === own) throw thrown;
      }
      waiting.delete(key);
    }
    if (trouble) tell(undefined);
    return true;
  };

  return {
    /** Made now, or when there is room. A later one of the same key replaces one that waits. */
    write(key: string, act: () => void): void {
      waiting.delete(key);
      waiting.set(key, act);
      for (const oldest of waiting.keys()) {
        if (waiting.size <= MOST_WAITING) break;
        waiting.delete(oldest);
      }
      attempt(key);
    },
    flush: (): boolean => attempt(undefined),
    on: (listener: Told): void => void listeners.add(listener),
  };
};
