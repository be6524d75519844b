// Proves the journal: every record follows its predecessor, the head reaches the anchor, and each call's row and report are what its records say.
import { asc, count, eq, gt } from "drizzle-orm";
import { isTerminal } from "../../contract/call.ts";
import type { OpenDatabase } from "../open.ts";
import { type Anchor, readAnchor } from "./anchor.ts";
import { breakAt, canonical, GENESIS } from "./chain.ts";
import { calls, type Row, records, reports } from "./schema.ts";

const PAGE = 2000;
const MOST_PROBLEMS = 20;

/** `key` names the same problem at every look, so that the operator can accept it once. */
export interface Problem {
  readonly key: string;
  readonly words: string;
}

type Reader = OpenDatabase["database"];

const checkRecords = (database: Reader, problems: Problem[], anchor: Anchor | undefined): void => {
  let before = { seq: 0, hash: GENESIS };
  for (;;) {
    const page = database.select().from(records).where(gt(records.seq, before.seq)).orderBy(asc(records.seq)).limit(PAGE).all();
    for (const record of page) {
      const words = breakAt(before, record);
      if (words !== undefined && problems.length < MOST_PROBLEMS) problems.push({ key: `record:${record.seq}:${record.hash}`, words });
      if (anchor?.seq === record.seq && anchor.hash !== record.hash)
        problems.push({ key: `anchor:${anchor.hash}`, words: `the anchor remembers another record ${anchor.seq}: this is not the journal that was closed` });
      before = record;
    }
    if (page.length < PAGE || problems.length >= MOST_PROBLEMS) break;
  }
  if (anchor !== undefined && anchor.seq > before.seq && problems.length < MOST_PROBLEMS)
    problems.push({
      key: `anchor:${anchor.hash}`,
      words: `the journal ends at record ${before.seq}, the anchor remembers ${anchor.seq}: its tail was cut off or an older copy restored`,
    });
};

const folded = (database: Reader, callId: string): unknown =>
  database
    .select({ data: records.data })
    .from(records)
    .where(eq(records.callId, callId))
    .orderBy(asc(records.seq))
    .all()
    .reduce((row, record) => Object.assign(row, JSON.parse(record.data).row), {});

const checkCall = (database: Reader, row: Row): string | undefined => {
  if (canonical(folded(database, row.callId)) !== canonical(row)) return `call ${row.callId} is not what its records say`;
  const report = database.select({ state: reports.state }).from(reports).where(eq(reports.callId, row.callId)).get();
  if (report?.state !== (isTerminal(row.state) ? row.state : undefined)) return `call ${row.callId} and its report do not agree`;
  return undefined;
};

const checkCalls = (database: Reader, problems: Problem[]): void => {
  let last = -1;
  for (;;) {
    const page = database.select().from(calls).where(gt(calls.n, last)).orderBy(asc(calls.n)).limit(PAGE).all();
    for (const row of page) {
      const words = checkCall(database, row);
      if (words !== undefined && problems.length < MOST_PROBLEMS) problems.push({ key: `call:${row.callId}`, words });
      last = row.n;
    }
    if (page.length < PAGE || problems.length >= MOST_PROBLEMS) break;
  }
  const born = database.select({ many: count() }).from(records).where(eq(records.state, "proposed")).get()?.many ?? 0;
  const kept = database.select({ many: count() }).from(calls).get()?.many ?? 0;
  if (born !== kept) problems.push({ key: `calls:${born}:${kept}`, words: `${born} calls were recorded, ${kept} are there` });
};

export interface Proof {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
}

/** Reads all; tells the first bad places. `anchorPath` absent: no anchor is kept (tests in memory). */
export const verifyJournal = (database: Reader, anchorPath: string | undefined): Proof => {
  const problems: Problem[] = [];
  const anchor = anchorPath === undefined ? undefined : readAnchor(anchorPath);
  const many = database.select({ many: count() }).from(records).get()?.many ?? 0;
  if (anchor === "unreadable") problems.push({ key: "anchor:unreadable", words: "the anchor file makes no sense" });
  if (anchor === "absent" && many > 0) problems.push({ key: `anchor:absent`, words: "the anchor file is gone, so nothing proves that the journal is whole" });
  checkRecords(database, problems, typeof anchor === "string" ? undefined : anchor);
  checkCalls(database, problems);
  return { ok: problems.length === 0, problems };
};
