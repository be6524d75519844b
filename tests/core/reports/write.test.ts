// A report's file is new, whole, and never in the place of one that is there.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeReport } from "../../../core/reports/write.ts";

let home = "";
let folder = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "jarvis-reports-"));
  folder = join(home, "memory/journal");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
const text = "# Jarvis: 2026-11-22\n\nNothing happened.\n";
const put = (more: Partial<Parameters<typeof writeReport>[0]> = {}): string => writeReport({ folders: [folder], name: "2026-11-22", text, ...more });

test("it makes its folder, and leaves nothing else there", () => {
  expect(put()).toBe(join(folder, "2026-11-22.md"));
  expect(readdirSync(folder)).toEqual(["2026-11-22.md"]);
  expect(readFileSync(put(), "utf8")).toBe(text);
  expect(readdirSync(folder)).toEqual(["2026-11-22.md"]);
});

test("what a person edited stays as it is, and the report lies beside it", () => {
  const mine = `${text}\nI had pulled the plug myself.\n`;
  writeFileSync(put(), mine);
  expect(put()).toBe(join(folder, "2026-11-22-2.md"));
  expect(readFileSync(join(folder, "2026-11-22.md"), "utf8")).toBe(mine);
  expect(put()).toBe(join(folder, "2026-11-22-2.md"));
});

test("a try that a crash cut short is found again, whatever was added to it since", () => {
  writeFileSync(put(), `${text}\nmy note\n`);
  expect(put({ isAgain: true, text: `${text}More is known now.\n` })).toBe(join(folder, "2026-11-22.md"));
  expect(readdirSync(folder)).toEqual(["2026-11-22.md"]);
  // A person's own file of that name is not that try.
  writeFileSync(join(folder, "2026-11-22.md"), "my diary\n");
  expect(put({ isAgain: true })).toBe(join(folder, "2026-11-22-2.md"));
});

test("a link that leads nowhere is not followed, and a folder in its place is told", () => {
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(home, "elsewhere.md"), join(folder, "2026-11-22.md"));
  expect(put()).toBe(join(folder, "2026-11-22-2.md"));
  expect(existsSync(join(home, "elsewhere.md"))).toBe(false);
  mkdirSync(join(folder, "2026-11-23.md"));
  expect(() => put({ name: "2026-11-23" })).toThrow("EISDIR");
});

test("where nothing can be written the next place is taken", () => {
  writeFileSync(join(home, "memory"), "a file, no folder");
  expect(() => put()).toThrow("ENOTDIR");
  expect(put({ folders: [folder, join(home, "data/memory/journal")] })).toBe(join(home, "data/memory/journal/2026-11-22.md"));
});

test("when too many lie there already it says so and overwrites none", () => {
  mkdirSync(folder, { recursive: true });
  for (let number = 1; number <= 20; number += 1) writeFileSync(join(folder, `2026-11-22${number === 1 ? "" : `-${number}`}.md`), "mine");
  expect(() => put()).toThrow("19 more beside it are taken: move some of them away");
});
