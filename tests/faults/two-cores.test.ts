// Two cores on one data folder: the second ends with 1, names the first, and has touched nothing.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type House, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";
import { effectsOf } from "./account.ts";
import { runToEnd } from "./core-process.ts";

let house: House;
beforeAll(async () => {
  // Slow enough that the first core writes next to nothing while the second one tries.
  house = await startHouse({ speed: 1 });
  await until(async () => (await house.rpc("state.get")).resources.length > 10, { withinMs: 30_000, what: "the house to be seen" });
}, 60_000);
afterAll(async () => house?.stop(), 30_000);

/** What the running core itself appends to; everything else must stay as it is to the byte and the nanosecond. */
const LIVING = /^(lab\/(jarvis|journal)\.db(-wal|-shm)?|core\.err|lab\.err)$/;

const picture = (): Record<string, string> => {
  const files = readdirSync(house.folder, { recursive: true, withFileTypes: true }).map((entry) => ({ path: join(entry.parentPath, entry.name), entry }));
  return Object.fromEntries(
    files.map(({ path, entry }) => {
      const name = path.slice(house.folder.length + 1);
      const { mtimeNs, ino } = statSync(path, { bigint: true });
      if (LIVING.test(name)) return [name, `inode ${ino}`];
      return [name, `${ino} ${mtimeNs} ${entry.isFile() ? Bun.hash(readFileSync(path)) : "no file"}`];
    }),
  );
};

test("the second exits 1 naming pid and URL, and touches nothing", async () => {
  const before = picture();
  const journal = await house.rpc("journal.list", { effects: "all" });
  const second = await runToEnd({ data: house.folder, config: house.lab.line.config, env: { JARVIS_IDENTITY: house.lab.line.identity ?? "" } });
  expect(second.code).toBe(1);
  expect(second.words).toContain(`pid ${house.pid}`);
  expect(second.words).toContain(house.url);
  expect(second.words.trim().split("\n")).toHaveLength(1);
  expect(picture()).toEqual(before);
  expect(effectsOf(await house.lab.effects())).toEqual([]);
  expect(await house.rpc("journal.list", { effects: "all" })).toEqual(journal);
}, 60_000);

test("the one after a killed one takes over, with nothing engaged by itself", async () => {
  await house.killCore();
  await house.startCore();
  expect((await house.rpc("autonomy.get")).killed).toBe(false);
}, 60_000);
