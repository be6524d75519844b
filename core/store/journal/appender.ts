// The one way into the journal: records and their effects on the rows in one durable transaction, by the newest core only.
import { desc } from "drizzle-orm";
import { JarvisError } from "../../contract/error.ts";
import type { Clock } from "../../lib/clock.ts";
import type { OpenDatabase } from "../open.ts";
import { canonical, GENESIS, recordHash } from "./chain.ts";
import { classify, journalError } from "./fault.ts";
import { fence, type JournalRecord, records } from "./schema.ts";

export type Transaction = Parameters<Parameters<OpenDatabase["database"]["transaction"]>[0]>[0];
export type Entry = Pick<JournalRecord, "callId" | "kind" | "state"> & { data: unknown };

export interface Head {
  readonly seq: number;
  readonly hash: string;
}

interface Options {
  database: OpenDatabase["database"];
  clock: Clock;
  epoch: number;
}

const readHead = (database: OpenDatabase["database"] | Transaction): Head =>
  database.select({ seq: records.seq, hash: records.hash }).from(records).orderBy(desc(records.seq)).limit(1).get() ?? { seq: 0, hash: GENESIS };

export const createAppender = ({ database, clock, epoch }: Options) => {
  let head = readHead(database);
  let broken = false;

  const chain = (tx: Transaction, entries: readonly Entry[]): Head => {
    let last = head;
    for (const entry of entries) {
      const bare = { ...entry, seq: last.seq + 1, at: Math.round(clock.now()), data: canonical(entry.data) };
      const hash = recordHash(last.hash, bare);
      tx.insert(records)
        .values({ ...bare, prev: last.hash, hash })
        .run();
      last = { seq: bare.seq, hash };
    }
    return last;
  };

  const guard = (tx: Transaction): void => {
    const newest = tx.select().from(fence).get()?.epoch;
    if (newest !== epoch || readHead(tx).seq !== head.seq) throw journalError("superseded");
  };

  /** Durable when it returns. `write` changes rows in the same transaction; whatever it throws undoes all. */
  const append = (entries: readonly Entry[], write?: (tx: Transaction) => void): void => {
    if (broken) throw journalError("broken");
    try {
      head = database.transaction(
        (tx) => {
          guard(tx);
          write?.(tx);
          return chain(tx, entries);
        },
        { behavior: "immediate" },
      );
    } catch (thrown) {
      if (thrown instanceof JarvisError) throw thrown;
      const fault = classify(thrown);
      broken ||= fault === "broken";
      throw journalError(fault, thrown);
    }
  };

  return { append, head: () => head };
};

export type Appender = ReturnType<typeof createAppender>;
