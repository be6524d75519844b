// D8: a journal that has grown long, and somebody who reads it and does not stop. Appending, listing and starting stay as quick as they were; what the reader held up is taken in when they have gone.
// The whole is a million records (JARVIS_TEST_FULL=1, minutes on a disk that syncs); JARVIS_RECORDS=100000 draws so many.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClock } from "../../core/lib/clock.ts";
import { type Journal, openJournal } from "../../core/store/journal/open.ts";
import { full } from "../support/seed.ts";

const RECORDS = Number(process.env.JARVIS_RECORDS ?? (full ? 1_000_000 : 1200));
const RECORDS_OF_A_CALL = 6;
const UNDER_A_READER = 500;
const TIMED = 200;
/** The few pages that are written before the log begins anew. */
const SLACK_BYTES = 256 * 1024;
const [APPEND_P99_MS, LIST_P95_MS, WAL_BYTES] = [20, 100, 64 * 1024 * 1024];
/** For a hundred thousand records; a longer journal is proved from its first record on at each start. */
const [START_MS, START_RECORDS] = [5000, 100_000];

const folder = mkdtempSync(join(tmpdir(), "jarvis-long-"));
const path = join(folder, "journal.db");
const clock = createClock();
const open = (): Journal => openJournal({ path, anchorPath: join(folder, "anchor"), clock });
const walBytes = (): number => statSync(`${path}-wal`).size;
const caller = { kind: "script", id: "long", scope: "operate", tainted: false } as const;
const report = () => ({ what: "It was started.", why: "It was asked for.", how: "", evidence: [], undo: null });

let journal: Journal;
let made = 0;
/** Six records, each durable, as an act that goes well writes them. */
const act = (): void => {
  made += 1;
  const callId = `c${made}`;
  const about = { callId, tool: "world_guest_start", arguments: { vmid: made % 500 }, secret: false, caller, unasked: false, effect: "reversible" } as const;
  const row = journal.propose({ ...about, target: `guest/${made % 500}`, decision: "allow", rule: "allowed" });
  const intent = journal.move(row, [{ to: "admitted" }, { to: "intent" }]);
  const accepted = journal.move(journal.move(intent, [{ to: "sending", patch: { sentMs: Math.round(clock.now()) } }]), [{ to: "accepted" }]);
  journal.move(journal.move(accepted, [{ to: "verifying" }]), [{ to: "succeeded" }], { report });
};
const timed = (share: number, run: () => unknown): number => {
  const times = Array.from({ length: TIMED }, () => {
    const began = performance.now();
    run();
    return performance.now() - began;
  }).sort((a, b) => a - b);
  return Number((times[Math.ceil(TIMED * share) - 1] ?? 0).toFixed(2));
};

beforeAll(() => {
  journal = open();
  while (made * RECORDS_OF_A_CALL < RECORDS) act();
}, 7_200_000);
afterAll(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

test("appending and listing take what they took when it was short, at its end and in its middle", () => {
  const append = timed(0.99, () => journal.note({ at: "D8", body: "x".repeat(500) }));
  const newest = timed(0.95, () => journal.list({ limit: 100 }));
  const middle = timed(0.95, () => journal.list({ since: `c${Math.ceil(made / 2)}`, limit: 100 }));
  const ofOne = timed(0.95, () => journal.byTarget("guest/7"));
  console.log(
    `${journal.head().seq} records: append p99 ${append} ms; page p95 ${newest} ms newest, ${middle} ms from the middle, ${ofOne} ms of one target; WAL ${walBytes()} bytes`,
  );
  expect(append).toBeLessThan(APPEND_P99_MS);
  for (const page of [newest, middle, ofOne]) expect(page).toBeLessThan(LIST_P95_MS);
  expect(walBytes()).toBeLessThan(WAL_BYTES);
}, 60_000);

test("a reader who does not stop holds up no act; when they have gone the log is taken in and grows no more", () => {
  const reader = new Database(path, { readonly: true });
  reader.run("BEGIN");
  reader.query("SELECT count(*) FROM records").get();
  const until = made + UNDER_A_READER / RECORDS_OF_A_CALL;
  while (made < until) act();
  const append = timed(0.99, () => journal.note({ at: "D8", body: "x".repeat(500) }));
  const held = walBytes();
  reader.run("ROLLBACK");
  reader.close();
  for (let index = 0; index < UNDER_A_READER; index += 1) journal.note({ at: "D8", index });
  console.log(`under a reader: append p99 ${append} ms; WAL ${held} bytes, ${walBytes()} after ${UNDER_A_READER} more`);
  expect(append).toBeLessThan(APPEND_P99_MS);
  expect(held).toBeLessThan(WAL_BYTES);
  expect(walBytes()).toBeLessThan(held + SLACK_BYTES);
}, 60_000);

test("the next start proves it whole and is through in time", () => {
  const { seq } = journal.head();
  journal.close();
  const began = performance.now();
  journal = open();
  const took = performance.now() - began;
  console.log(`${seq} records: opened and proved in ${took.toFixed(0)} ms`);
  expect(journal.problems).toEqual([]);
  expect(took).toBeLessThan(START_MS * Math.max(1, seq / START_RECORDS));
}, 600_000);
