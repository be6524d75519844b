// The past on disk: bytes a day and what each piece of the work costs, for the figures of a house of the home size and of one of five hundred guests. Prints a table.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TIERS } from "../../core/store/history/tiers.ts";
import { createHistory } from "../../core/store/history.ts";
import { createKept } from "../../core/store/kept.ts";
import { openDatabase } from "../../core/store/open.ts";

const [STEP_MS, MINUTE_MS, DAY_MS] = [10_000, 60_000, 86_400_000];
const GIB = 2 ** 30;
/** Mean bytes a sample of ten seconds, DESIGN 9's reference: performance.md 22. */
const GOAL_BYTES_A_SAMPLE = 2;

/** As many series as a house of so many guests has: two of each guest, a third of each second one, three of each node, one of each storage. */
const figures = (guests: number, nodes: number) => {
  const names = [
    ...Array.from({ length: guests }, (_, id) => [`guest/${100 + id}/cpuPercent`, `guest/${100 + id}/memoryBytes`, ...(id % 2 === 0 ? [`guest/${100 + id}/diskBytes`] : [])]),
    ...Array.from({ length: nodes }, (_, id) => ["cpuPercent", "memoryBytes", "diskBytes"].map((name) => `node/n${id}/${name}`)),
    ...Array.from({ length: nodes * 3 }, (_, id) => [`storage/n${id % nodes}/s${id}/diskBytes`]),
  ].flat();
  const states = names.map((name, index) => ({ name, level: name.endsWith("Percent") ? 5 + (index % 40) : (1 + (index % 12)) * GIB }));
  return (): Record<string, number> =>
    Object.fromEntries(
      states.map((state) => {
        if (state.name.endsWith("Percent")) return [state.name, Math.round(10 * Math.max(0, state.level + (Math.random() - 0.5) * state.level)) / 10];
        // Memory wavers by a hundredth; a disk grows by a block now and then.
        if (state.name.endsWith("memoryBytes")) return [state.name, Math.round(state.level * (1 + (Math.random() - 0.5) / 100))];
        if (Math.random() < 0.02) state.level += 4096 * Math.floor(Math.random() * 200);
        return [state.name, state.level];
      }),
    );
};

const percentile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

const measure = (name: string, guests: number, nodes: number, days: number): void => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-bench-"));
  const path = join(folder, "jarvis.db");
  const db = openDatabase({ path, migrationsFolder: join(import.meta.dir, "../../core/store/migrations/jarvis"), synchronous: "NORMAL" });
  const history = createHistory({ db, kept: createKept(db), failed: (words) => console.error(words) });
  const tell = figures(guests, nodes);
  const start = Date.UTC(2026, 0, 8);
  const [adds, pieces]: [number[], number[]] = [[], []];
  let series = 0;
  const work = (at: number): void => {
    const all = history.work(at);
    for (;;) {
      const begun = performance.now();
      if (all.next().done) return;
      pieces.push(performance.now() - begun);
    }
  };
  // What is in the coarser tiers depends little on the step, so only the last day has all of its readings.
  const last = start + (days - 1) * DAY_MS;
  for (let at = start; at < start + days * DAY_MS; at += at < last ? MINUTE_MS : STEP_MS) {
    const values = tell();
    series = Object.keys(values).length;
    const begun = performance.now();
    history.add(at, values);
    adds.push(performance.now() - begun);
    if (at % (at < last ? 30 * MINUTE_MS : MINUTE_MS) === 0) work(at);
  }
  const end = start + days * DAY_MS;
  work(end);
  /** Of the chunks of the last day, or of all of a tier that has few. */
  const perDay = TIERS.map(({ chunkMs }, tier) => {
    const found = db.sqlite
      .query<{ bytes: number | null; chunks: number }, [number, number]>(
        "select sum(length(body) + 12) as bytes, count(distinct start_s) as chunks from chunks where tier = ? and start_s >= ?",
      )
      .get(tier, (tier < 2 ? last : start) / 1000);
    return found?.bytes ? (found.bytes / found.chunks / chunkMs) * DAY_MS : undefined;
  });
  db.sqlite.exec("pragma wal_checkpoint(truncate)");
  const asked = [15, 60, 1440, 7 * 1440, 365 * 1440].map((minutes) => {
    const begun = performance.now();
    history.history("guest/101/*", end, minutes, 300);
    return `${minutes} min ${(performance.now() - begun).toFixed(1)} ms`;
  });
  const samples = series * (DAY_MS / STEP_MS);
  console.log(`\n${name}: ${series} series, ${days} days`);
  console.log(`  a reading kept: median ${percentile(adds, 0.5).toFixed(3)} ms, p99 ${percentile(adds, 0.99).toFixed(2)} ms`);
  console.log(
    `  a piece of the roll-up: p50 ${percentile(pieces, 0.5).toFixed(2)} ms, p99 ${percentile(pieces, 0.99).toFixed(2)} ms, longest ${Math.max(...pieces).toFixed(1)} ms; ${pieces.length} pieces, ${pieces.reduce((a, b) => a + b, 0).toFixed(0)} ms in all`,
  );
  TIERS.forEach(({ stepMs, keepMs }, tier) => {
    const day = perDay[tier];
    console.log(
      `  ${String(stepMs / 1000).padStart(5)} s: ${day === undefined ? "no chunk yet" : `${(day / 1000).toFixed(0)} kB a day, kept ${keepMs / DAY_MS} days: ${((day * keepMs) / DAY_MS / 1e6).toFixed(1)} MB at most`}`,
    );
  });
  console.log(`  ten second samples: ${((perDay[0] ?? 0) / samples).toFixed(2)} B each (goal ${GOAL_BYTES_A_SAMPLE}); file now ${(statSync(path).size / 1e6).toFixed(1)} MB`);
  console.log(`  asked for three series: ${asked.join(", ")}`);
  db.close();
  rmSync(folder, { recursive: true });
};

measure("home", 22, 4, Number(process.argv[2] ?? 17));
measure("500 guests", 500, 16, 1);
