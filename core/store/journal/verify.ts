// Proves the journal: every record follows its predecessor, the head reaches the anchor, and each call's row and report are what its records say.
import { asc, count, eq, gt, inArray } from "drizzle-orm";
import { z } from "zod";
import { CallState, isTerminal } from "../../contract/call.ts";
import type { OpenDatabase } from "../open.ts";
import { type Anchor, readAnchor } from "./anchor.ts";
import { breakAt, canonical, GENESIS, sha256 } from "./chain.ts";
import { calls, type JournalRecord, type Row, records, reports } from "./schema.ts";

const PAGE = 2000;
/** Calls looked at in one question. */
const CALLS_AT_ONCE = 200;
const MOST_PROBLEMS = 20;

/** `key` names the same problem at every look, so that the operator can accept it once. */
export interface Problem {
  readonly key: string;
  readonly words: string;
}

const Transition = z.object({ row: z.record(z.string(), z.unknown()) });

type Reader = OpenDatabase["database"];

/** What the records make of each call: the row while it lives, its hash once it ended. */
type Folded = Map<string, Record<string, unknown> | string>;

const written = (data: string): Record<string, unknown> => {
  try {
    return Transition.parse(JSON.parse(data)).row;
  } catch {
    // The record was changed, which its hash has told already; its call will not agree either.
    return {};
  }
};

const fold = (folded: Folded, record: JournalRecord): void => {
  if (record.callId === null || record.kind !== "transition") return;
  const before = folded.get(record.callId);
  const now = { ...(typeof before === "object" ? before : {}), ...written(record.data) };
  const ended = CallState.safeParse(record.state);
  folded.set(record.callId, ended.success && isTerminal(ended.data) ? sha256(canonical(now)) : now);
};

const checkRecords = (database: Reader, note: (problem: Problem) => void, anchor: Anchor | undefined): Folded => {
  const folded: Folded = new Map();
  let before = { seq: 0, hash: GENESIS };
  for (;;) {
    const page = database.select().from(records).where(gt(records.seq, before.seq)).orderBy(asc(records.seq)).limit(PAGE).all();
    for (const record of page) {
      const words = breakAt(before, record);
      if (words !== undefined) note({ key: `record:${record.seq}:${record.hash}`, words });
      if (anchor?.seq === record.seq && anchor.hash !== record.hash)
        note({ key: `anchor:${anchor.hash}`, words: `the anchor remembers another record ${anchor.seq}: this is not the journal that was closed` });
      fold(folded, record);
      before = record;
    }
    if (page.length < PAGE) break;
  }
  if (anchor !== undefined && anchor.seq > before.seq)
    note({ key: `anchor:${anchor.hash}`, words: `the journal ends at record ${before.seq}, the anchor remembers ${anchor.seq}: its tail was cut off or an older copy restored` });
  return folded;
};

const agrees = (row: Row, told: Record<string, unknown> | string | undefined): boolean => {
  if (told === undefined) return false;
  return (typeof told === "string" ? told : sha256(canonical(told))) === sha256(canonical(row));
};

const checkCall = ({ row, report }: { row: Row; report: string | null }, note: (problem: Problem) => void, folded: Folded): void => {
  if (!agrees(row, folded.get(row.callId))) note({ key: `call:${row.callId}`, words: `call ${row.callId} is not what its records say` });
  if (report !== (isTerminal(row.state) ? row.state : null)) note({ key: `report:${row.callId}`, words: `call ${row.callId} and its report do not agree` });
};

const checkCalls = (database: Reader, note: (problem: Problem) => void, folded: Folded): void => {
  let last = -1;
  let kept = 0;
  for (;;) {
    const page = database
      .select({ row: calls, report: reports.state })
      .from(calls)
      .leftJoin(reports, eq(reports.callId, calls.callId))
      .where(gt(calls.n, last))
      .orderBy(asc(calls.n))
      .limit(PAGE)
      .all();
    for (const each of page) checkCall(each, note, folded);
    last = page.at(-1)?.row.n ?? last;
    kept += page.length;
    if (page.length < PAGE) break;
  }
  if (folded.size !== kept) note({ key: `calls:${folded.size}:${kept}`, words: `${folded.size} calls were recorded, ${kept} are there` });
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
  const note = (problem: Problem): void => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  const folded = checkRecords(database, note, typeof anchor === "string" ? undefined : anchor);
  try {
    checkCalls(database, note, folded);
  } catch (thrown) {
    note({ key: "calls:unreadable", words: `the calls cannot be read: ${String(thrown)}` });
  }
  return { ok: problems.length === 0, problems };
};

/** Up to where a proof has gone. */
export interface Proved {
  readonly seq: number;
  readonly hash: string;
}

/** What was appended since an earlier proof, and the calls it is about: so much as has happened since, not all there ever was. `proved`: from where the next one goes on, when nothing was wrong. */
export const verifySince = (database: Reader, from: Proved): Proof & { readonly proved: Proved } => {
  const problems: Problem[] = [];
  const note = (problem: Problem): void => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  const start = from.seq === 0 ? undefined : database.select({ hash: records.hash }).from(records).where(eq(records.seq, from.seq)).get();
  if (from.seq > 0 && start?.hash !== from.hash) note({ key: `record:${from.seq}:${from.hash}`, words: `record ${from.seq} is not the one that was proved before` });
  const touched = new Set<string>();
  let before = from;
  for (;;) {
    const page = database.select().from(records).where(gt(records.seq, before.seq)).orderBy(asc(records.seq)).limit(PAGE).all();
    for (const record of page) {
      const words = breakAt(before, record);
      if (words !== undefined) note({ key: `record:${record.seq}:${record.hash}`, words });
      if (record.callId !== null && record.kind === "transition") touched.add(record.callId);
      before = { seq: record.seq, hash: record.hash };
    }
    if (page.length < PAGE) break;
  }
  const ids = [...touched];
  for (let at = 0; at < ids.length; at += CALLS_AT_ONCE) {
    const own = ids.slice(at, at + CALLS_AT_ONCE);
    const folded: Folded = new Map();
    for (const record of database.select().from(records).where(inArray(records.callId, own)).orderBy(asc(records.seq)).all()) fold(folded, record);
    const found = database.select({ row: calls, report: reports.state }).from(calls).leftJoin(reports, eq(reports.callId, calls.callId)).where(inArray(calls.callId, own)).all();
    for (const each of found) checkCall(each, note, folded);
    if (found.length !== own.length) note({ key: `calls:since:${from.seq}:${found.length}`, words: `${own.length} calls were recorded, ${found.length} of them are there` });
  }
  return { ok: problems.length === 0, problems, proved: problems.length === 0 ? before : from };
};
