// Tells when journal.db is not where it was, in the feed and as a notice while it is so, and when it is back. Only tells: what may not be done meanwhile the journal itself refuses.
import type { CoreStatus } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { journalError } from "../store/journal/fault.ts";

const EVERY_MS = 10_000;
const BACK = "journal.db is where it was again: I act and take rules as before.";

interface Parts {
  clock: Clock;
  log: Log;
  isInPlace: () => boolean;
  told: (words: string) => void;
}

export const createJournalPlace = ({ clock, log, isInPlace, told }: Parts) => {
  let notice: NonNullable<CoreStatus["notices"]>[number] | undefined;
  let cancel = (): void => undefined;

  const look = (): void => {
    const isThere = isInPlace();
    if (isThere === (notice === undefined)) return;
    const words = isThere ? BACK : journalError("away").message;
    notice = isThere ? undefined : { what: "journal.db", words, since: clock.iso() };
    log(isThere ? "info" : "error", words);
    told(words);
  };
  const wait = (): void => {
    cancel = clock.after(
      EVERY_MS,
      () => {
        look();
        wait();
      },
      true,
    );
  };

  return {
    list: (): NonNullable<CoreStatus["notices"]> => (notice === undefined ? [] : [notice]),
    start: wait,
    stop: (): void => cancel(),
  };
};
