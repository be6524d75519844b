// One way to do each thing: act, read the time, read the environment, speak SQL.
import { expect, test } from "bun:test";
import { codeOf, filesUnder, root, textOf } from "./source.ts";

const where = (folder: string, pattern: RegExp, allowed: (file: string) => boolean): string[] =>
  filesUnder(folder)
    .filter((file) => !allowed(file))
    .flatMap((file) => (codeOf(file).match(pattern) ?? []).map((hit) => `${file}: ${hit.trim()}`));

test("a tool's run is called in core/tools alone", () => {
  expect(where("core", /\btool\.run\(|\.run\(input/g, (file) => file.startsWith("core/tools/") || file.startsWith("core/host/"))).toEqual([]);
});

test("only core/tools appends an intent or a sending to the journal", () => {
  expect(
    where("core", /["'](?:intent|sending)["']/g, (file) => file.startsWith("core/tools/") || file.startsWith("core/store/journal/") || file.startsWith("core/contract/")),
  ).toEqual([]);
  expect(where("core/incidents", /["']sending["']/g, () => false)).toEqual([]);
});

test("the clock is the only reader of the time, and sets the only timers", () => {
  const pattern = /Date\.now\(|performance\.now\(|new Date\(\)|(?<!\.)\bset(?:Timeout|Interval|Immediate)\(|AbortSignal\.timeout\(|Bun\.sleep/g;
  expect(where("core", pattern, (file) => file === "core/lib/clock.ts" || file.startsWith("core/cli/"))).toEqual([]);
});

test("names are sorted by core/contract/order.ts, and a calendar is made for an hour's rule alone: the language's own tables are megabytes of an idle core", () => {
  const pattern = /\blocaleCompare\(|\bIntl\.\w+|\btoLocale\w+\(/g;
  expect(where("core", pattern, (file) => file === "core/tools/house-rules.ts" || file === "core/settings/schema.ts")).toEqual([]);
  expect(where("plugins", pattern, (file) => file.startsWith("plugins/lab/"))).toEqual([]);
});

test("the environment is read in core/settings.ts alone", () => {
  expect(where("core", /process\.env|Bun\.env|import\.meta\.env/g, (file) => file === "core/settings.ts")).toEqual([]);
  expect(where("plugins", /process\.env|Bun\.env/g, (file) => file === "plugins/lab/settings.ts")).toEqual([]);
});

test("SQL is spoken in core/store alone", () => {
  expect(where("core", /from\s+["'](?:bun:sqlite|drizzle-orm[^"']*)["']|\bSELECT\b.*\bFROM\b|\bPRAGMA\b/g, (file) => file.startsWith("core/store/"))).toEqual([]);
});

test("zod is the only schema library", () => {
  expect(where("core", /from\s+["'](?:@sinclair\/typebox|valibot|arktype|joi|yup)["']|\bt\.(?:Object|String|Number)\(/g, () => false)).toEqual([]);
});

test("the lockfile names no registry host and package.json has exact versions", () => {
  expect(textOf("bun.lock").match(/https?:\/\//g) ?? []).toEqual([]);
  const manifest = JSON.parse(textOf("package.json")) as { dependencies: Record<string, string>; devDependencies: Record<string, string> };
  const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(([, version]) => !/^(npm:[@a-z0-9/._-]+@)?\d+\.\d+\.\d+([-+].+)?$/.test(version));
  expect(loose).toEqual([]);
});

test("no file is over 300 lines and the median is under 100", () => {
  const sizes = ["core", "plugins", "ui/src", "tests"].flatMap((folder) => filesUnder(folder)).map((file) => ({ file, lines: textOf(file).split("\n").length }));
  expect(sizes.filter(({ lines }) => lines > 301)).toEqual([]);
  const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)] ?? 0).toBeLessThan(100);
});

test("no path of a maker's machine and no silenced checker is in the sources", () => {
  const all = ["core", "plugins", "ui/src", "tests"].flatMap((folder) => filesUnder(folder)).filter((file) => !file.startsWith("tests/architecture/"));
  const found = all.flatMap((file) => (textOf(file).match(/\/work\/(?:main|shared)|@ts-ignore|@ts-nocheck|biome-ignore/g) ?? []).map((hit) => `${file}: ${hit}`));
  expect(found).toEqual([]);
});

test("every source begins with the sentence that says what it is for", () => {
  const silent = ["core", "plugins"].flatMap((folder) => filesUnder(folder, [".ts"])).filter((file) => !/^(#!.*\n)?(\/\/|\/\*\*) ?\S/.test(textOf(file)));
  expect(silent).toEqual([]);
  expect(root.length).toBeGreaterThan(0);
});
