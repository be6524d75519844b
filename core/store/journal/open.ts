// Opens journal.db: the record of every act. It is never silently reset: what cannot be read is moved aside and told.
import { join } from "node:path";
import { desc } from "drizzle-orm";
import type { Caller } from "../../contract/caller.ts";
import type { Clock } from "../../lib/clock.ts";
import { type OpenDatabase, openDatabase } from "../open.ts";
import { openWhole } from "../whole.ts";
import { writeAnchor } from "./anchor.ts";
import { createAppender, type Entry } from "./appender.ts";
import { journalError, openError } from "./fault.ts";
import { createMoves } from "./moves.ts";
import { placeOf } from "./place.ts";
import { createQueries } from "./queries.ts";
import { createReads } from "./reads.ts";
import type { RuleRecord } from "./rule-record.ts";
import { calls, fence } from "./schema.ts";
import type { SwitchRecord } from "./switch-record.ts";
import { type Problem, type Proof, type Proved, verifyJournal, verifySince } from "./verify.ts";

const ANCHOR_EVERY_MS = 600_000;
/** Waiting for somebody else's lock holds the whole process: longer, and the kill switch would not be heard in its 250 ms. Whoever must write tries again. */
const BUSY_MS = 50;
const ITSELF: Caller = { kind: "system", id: "journal", scope: "read", tainted: false };

interface Options {
  /** A file, or ":memory:". */
  path: string;
  anchorPath?: string;
  clock: Clock;
  /** The lease's epoch; the journal's own last epoch + 1 when that is higher. */
  epoch?: number;
}

const openFile = (path: string): OpenDatabase => openDatabase({ path, migrationsFolder: join(import.meta.dir, "../migrations/journal"), synchronous: "FULL" });

const wrongIn = ({ sqlite }: OpenDatabase): string | undefined => {
  const answer = sqlite.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get()?.quick_check;
  return answer === "ok" ? undefined : (answer ?? "the file cannot be read");
};

const takeEpoch = ({ database }: OpenDatabase, least: number): number => {
  const before = database.select().from(fence).get()?.epoch ?? 0;
  const epoch = Math.max(least, before + 1);
  database.insert(fence).values({ id: 1, epoch }).onConflictDoUpdate({ target: fence.id, set: { epoch } }).run();
  return epoch;
};

/** The start, and with it the kill switch when the journal is not what was left: in one transaction, so that no crash loses the finding. */
const openingRecords = (epoch: number, problems: readonly Problem[]): Entry[] => {
  const note: Entry = { callId: null, kind: "note", state: null, data: { opened: epoch, problems } };
  if (problems.length === 0) return [note];
  const engage: SwitchRecord = { act: "engage", level: "effects", by: ITSELF, reason: `journal: ${problems[0]?.words ?? "not whole"}`.slice(0, 500) };
  return [note, { callId: null, kind: "switch", state: null, data: engage }];
};

const begin = ({ path, anchorPath, clock, epoch: least = 0 }: Options, { opened, damage }: ReturnType<typeof openWhole>) => {
  const found: Problem[] =
    damage === undefined ? [] : [{ key: `corrupt:${damage.aside}`, words: `the journal was damaged (${damage.words}); it was moved to ${damage.aside} and a new one begun` }];
  const { database } = opened;
  const proof = verifyJournal(database, anchorPath);
  const epoch = takeEpoch(opened, least);
  const reads = createReads(database);
  const appender = createAppender({ database, clock, epoch });
  let last = Math.max(reads.last(), database.select({ n: calls.n }).from(calls).orderBy(desc(calls.n)).limit(1).get()?.n ?? 0);
  const number = (): number => {
    last += 1;
    return last;
  };
  const isInPlace = placeOf(path);
  const mustBeInPlace = (): void => {
    if (!isInPlace()) throw journalError("away");
  };
  const queries = createQueries(database, reads);
  const accepted = new Set(queries.modes().accepted);
  const problems = [...found, ...proof.problems].filter(({ key }) => !accepted.has(key));

  const anchor = (): void => {
    if (anchorPath !== undefined) writeAnchor(anchorPath, { ...appender.head(), epoch, at: clock.iso() });
  };
  /** All that was there when it was opened was proved then. */
  let proved: Proved = appender.head();
  const verifyNew = (): Proof => {
    const found = verifySince(database, proved);
    proved = found.proved;
    return found;
  };
  const keep = (): void => {
    stopKeeping = clock.after(ANCHOR_EVERY_MS, keep, true);
    try {
      reads.flush();
      anchor();
      verifyNew();
    } catch {
      // A disk that is full now may have room in ten minutes; an older anchor still proves what it remembers.
    }
  };
  appender.append(openingRecords(epoch, problems));
  opened.sqlite.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  anchor();
  let stopKeeping = clock.after(ANCHOR_EVERY_MS, keep, true);

  const close = (): void => {
    stopKeeping();
    try {
      reads.flush();
      anchor();
      opened.sqlite.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } finally {
      opened.close();
    }
  };

  return {
    epoch,
    problems,
    ...queries,
    ...createMoves({ appender, clock, mustBeInPlace, number }),
    /** Whether the file is where it was; while it is not, nothing is begun and no rule is made. */
    isInPlace,
    putRead: reads.put,
    number,
    head: appender.head,
    anchor,
    switched: (record: SwitchRecord): void => appender.append([{ callId: null, kind: "switch", state: null, data: record }]),
    ruled: (record: RuleRecord): void => {
      mustBeInPlace();
      appender.append([{ callId: null, kind: "rules", state: null, data: record }]);
    },
    note: (data: unknown, callId?: string): void => appender.append([{ callId: callId ?? null, kind: "note", state: null, data }]),
    /** What came since it was opened, or since this was last asked without finding anything: in no time, however old the journal is. */
    verifyNew,
    verifyChain: (): Proof => verifyJournal(database, anchorPath),
    close,
  };
};

export type Journal = ReturnType<typeof begin>;

/** Throws (a JarvisError) when the file is locked, on a full disk, or can be neither read nor written. `problems`: what was found wrong and the operator has not accepted; with any, the kill switch is on record. */
export const openJournal = (options: Options): Journal => {
  let found: ReturnType<typeof openWhole> | undefined;
  try {
    found = openWhole({ path: options.path, open: () => openFile(options.path), check: wrongIn, nowMs: options.clock.now() });
    return begin(options, found);
  } catch (thrown) {
    found?.opened.close();
    throw openError(thrown, options.path);
  }
};
