// A database of an earlier Jarvis: its last minutes are there after the upgrade, and nothing of the old table is left.
import { expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHistory } from "../../../../core/store/history.ts";
import { createKept } from "../../../../core/store/kept.ts";
import { openDatabase } from "../../../../core/store/open.ts";
import { MINUTE, START } from "./house.ts";

const folder = join(import.meta.dir, "../../../../core/store/migrations/jarvis");

test("points of the row-a-sample days become readings", () => {
  const home = mkdtempSync(join(tmpdir(), "jarvis-upgrade-"));
  try {
    cpSync(folder, join(home, "first"), { recursive: true });
    const journal = join(home, "first/meta/_journal.json");
    const { entries, ...rest } = JSON.parse(readFileSync(journal, "utf8"));
    writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, 1) }));
    const path = join(home, "jarvis.db");
    const before = openDatabase({ path, migrationsFolder: join(home, "first"), synchronous: "NORMAL" });
    for (let at = START; at < START + 5 * MINUTE; at += MINUTE)
      for (const [name, value] of [
        ["guest/101/cpuPercent", 4.5],
        ["node/home/cpuPercent", 30],
      ] as const)
        before.sqlite.query("insert into points (series, at_ms, value) values (?, ?, ?)").run(name, at, value);
    before.close();
    const after = openDatabase({ path, migrationsFolder: folder, synchronous: "NORMAL" });
    const history = createHistory({ db: after, kept: createKept(after), failed: () => undefined });
    const { series } = history.history("*/*/cpuPercent", START + 5 * MINUTE, 15);
    expect(Object.keys(series)).toEqual(["guest/101/cpuPercent", "node/home/cpuPercent"]);
    expect(series["guest/101/cpuPercent"]).toHaveLength(5);
    expect(series["guest/101/cpuPercent"]?.[0]).toEqual([START, 4.5]);
    expect(after.sqlite.query("select name from sqlite_master where name = 'points'").all()).toEqual([]);
    after.close();
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
