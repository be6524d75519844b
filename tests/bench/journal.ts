// Measures a durable append of the journal beside a bare SQLite commit at the same setting, on this machine's disk. Prints one JSON line.
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClock } from "../../core/lib/clock.ts";
import { openJournal } from "../../core/store/journal/open.ts";

const RUNS = 1000;
const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), "jarvis-bench-"));

const measure = (act: (index: number) => void): { p50Ms: number; p99Ms: number } => {
  for (let index = 0; index < 50; index += 1) act(-index - 1);
  const times = Array.from({ length: RUNS }, (_, index) => {
    const began = performance.now();
    act(index);
    return performance.now() - began;
  }).sort((a, b) => a - b);
  const at = (share: number): number => Number((times[Math.floor(RUNS * share)] ?? 0).toFixed(3));
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
};

const raw = new Database(join(folder, "raw.db"), { create: true });
raw.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)");
const insert = raw.query("INSERT INTO t (body) VALUES (?)");
const body = "x".repeat(500);
const bare = measure(() => void insert.run(body));

const journal = openJournal({ path: join(folder, "journal.db"), anchorPath: join(folder, "anchor"), clock: createClock() });
const caller = { kind: "script", id: "bench", scope: "operate", tainted: false } as const;
const report = () => ({ what: "", why: "", how: "", evidence: [], undo: null });
const append = measure((index) => journal.note({ index, body }));
const propose = (index: number) =>
  journal.propose({
    callId: `b${index}`,
    tool: "bench",
    arguments: { body },
    secret: false,
    caller,
    unasked: false,
    effect: "reversible",
    target: "guest/1",
    decision: "deny",
    rule: "allowed",
  });
const wholeCall = measure((index) => {
  const intent = journal.move(propose(index), [{ to: "admitted" }, { to: "intent" }]);
  const accepted = journal.move(journal.move(intent, [{ to: "sending", patch: { sentMs: 1 } }]), [{ to: "accepted" }]);
  journal.move(journal.move(accepted, [{ to: "verifying" }]), [{ to: "succeeded" }], { report });
});
const began = performance.now();
const { ok } = journal.verifyChain();
const verifyMs = Number((performance.now() - began).toFixed(1));
console.log(JSON.stringify({ runs: RUNS, bare, append, wholeCallOfSixAppends: wholeCall, verify: { ok, records: journal.head().seq, verifyMs } }));
journal.close();
raw.close();
rmSync(folder, { recursive: true, force: true });
