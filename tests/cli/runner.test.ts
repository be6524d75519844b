// The test runner: it counts what happened, never calls a crash or an empty file a success, and ends with one readable line.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCrew } from "../run/crew.ts";
import { keepEvidence } from "../run/evidence.ts";
import { findFiles, isFast, isHeavy, isPatient, PATIENT } from "../run/files.ts";
import { readJunit } from "../run/junit.ts";
import { runToEnd } from "../run/spawn.ts";
import { lastLine, slowestLines, sum } from "../run/tally.ts";
import { runTestFile } from "../run/test-file.ts";

const root = join(import.meta.dir, "../..");
mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
const folder = mkdtempSync(join(root, "node_modules/.cache/jarvis-runner-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const outcomeOf = (name: string, text: string, ci = false) => {
  const path = join(folder, `${name}.test.ts`);
  writeFileSync(path, `import { expect, test } from "bun:test";\n${text}\n`);
  return runTestFile(path.slice(root.length + 1), { env: { PATH: process.env.PATH }, full: false, ci });
};

describe("one test file", () => {
  test("passes, failures and skips are counted", async () => {
    const one = await outcomeOf("mixed", 'test("a", () => {}); test("b", () => expect(1).toBe(2)); test.skipIf(true)("c & d", () => {});');
    expect(one).toMatchObject({ passed: 1, failed: 1, skipped: 1, skips: ["c & d"] });
    expect(one.words).toContain("Expected: 2");
  });

  test("a file that cannot load is a failure", async () => {
    expect(await outcomeOf("broken", 'throw new Error("no");')).toMatchObject({ passed: 0, failed: 1 });
  });

  test("an exit in the middle is a failure", async () => {
    expect((await outcomeOf("exits", 'test("a", () => process.exit(0));')).failed).toBeGreaterThan(0);
  });

  test("in CI a skipped chromium, docker or proxmoxer test is a failure", async () => {
    const text = 'test.skipIf(true)("a page in chromium", () => {});';
    expect(await outcomeOf("skips", text)).toMatchObject({ failed: 0, skipped: 1 });
    expect(await outcomeOf("skips-ci", text, true)).toMatchObject({ failed: 1, skipped: 0 });
  });
});

describe("what a full run leaves", () => {
  test("one row a file, with its commit and seed; a later run replaces its own rows only", () => {
    const path = join(folder, "kept/full.json");
    const outcome = { passed: 3, failed: 0, skipped: 0, skips: [], seconds: 1.26, words: "" };
    keepEvidence({ ...outcome, name: "b" }, "1", path);
    keepEvidence({ ...outcome, name: "a", failed: 1 }, "1", path);
    keepEvidence({ ...outcome, name: "b", passed: 4 }, "2", path);
    const kept = JSON.parse(readFileSync(path, "utf8"));
    expect(kept).toMatchObject({ seed: "2", totals: { passed: 7, failed: 1, skipped: 0 } });
    expect(kept.results).toMatchObject([
      { name: "a", seed: "1", failed: 1 },
      { name: "b", seed: "2", passed: 4, seconds: 1.3 },
    ]);
    expect(kept.results[0].commit).toMatch(/^[0-9a-f]{40}$|^unknown$/);
  });

  test("a file that holds something else is not written over", () => {
    const path = join(folder, "other.json");
    writeFileSync(path, '{"results": "mine"}');
    expect(() => keepEvidence({ name: "a", passed: 1, failed: 0, skipped: 0, skips: [], seconds: 1, words: "" }, "1", path)).toThrow();
    expect(readFileSync(path, "utf8")).toBe('{"results": "mine"}');
  });
});

describe("around it", () => {
  test("a process that hangs is ended with all its children, and that is told", async () => {
    const ended = await runToEnd({ command: ["sh", "-c", "echo begun; sleep 60 & wait"], cwd: root, env: { PATH: process.env.PATH }, deadlineSeconds: 0.3 });
    expect(ended.code).toBe(124);
    expect(ended.words).toContain("begun");
    expect(ended.words).toContain("was ended");
    expect(ended.seconds).toBeLessThan(5);
  });

  test("text without totals is no report", () => {
    expect(readJunit("<nothing/>")).toBeUndefined();
  });

  test("every test file is found once, and browsers, faults and benches count as heavy", () => {
    const files = findFiles([]);
    expect(files).toContain("tests/cli/runner.test.ts");
    expect(new Set(files).size).toBe(files.length);
    expect(findFiles(["./tests/cli/"]).every((file) => file.startsWith("tests/cli/"))).toBe(true);
    expect(() => findFiles(["tests/absent"])).toThrow("there is no tests/absent");
    expect(["tests/e2e/a.test.ts", "tests/core/a.test.ts"].map(isHeavy)).toEqual([true, false]);
    expect(["tests/core/tools/policy.test.ts", "tests/ui/axe.test.ts", "tests/ui/turn.test.ts", "tests/plugins/docker/daemon.test.ts"].map(isFast)).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test("a patient file is a heavy one that is there, and what lives at a high rate or counts in a time is none", () => {
    expect(findFiles([])).toEqual(expect.arrayContaining([...PATIENT]));
    expect(PATIENT.filter((file) => !isHeavy(file))).toEqual([]);
    expect(["calls", "strain", "causes", "quiet-week"].map((name) => isPatient(`tests/e2e/${name}.test.ts`))).toEqual([false, false, false, false]);
  });

  test("one job at a time in each lane, a lane that is through helps, and the order told at the end is the order given", async () => {
    const running = new Set<string>();
    const ended: string[] = [];
    let most = 0;
    const gate = Promise.withResolvers<void>();
    const job = (name: string, until?: Promise<void>) => async (): Promise<string> => {
      running.add(name);
      most = Math.max(most, running.size);
      await (until ?? Promise.resolve());
      running.delete(name);
      return name;
    };
    const lanes = [
      [job("long", gate.promise), job("after")],
      [
        job("a"),
        job("b"),
        async () => {
          gate.resolve();
          return "last";
        },
      ],
    ];
    expect(await runCrew(lanes, (name) => void ended.push(name))).toEqual(["long", "after", "a", "b", "last"]);
    expect(ended.toSorted()).toEqual(["a", "after", "b", "last", "long"]);
    expect(ended.indexOf("b")).toBeLessThan(ended.indexOf("long"));
    expect(most).toBe(2);
    expect(await runCrew([[], [job("alone")]], () => undefined)).toEqual(["alone"]);
  });

  test("the files that took longest are told, longest first", () => {
    const took = (name: string, seconds: number) => ({ name, passed: 1, failed: 0, skipped: 0, skips: [], seconds, words: "" });
    expect(slowestLines([took("quick", 0.1), took("slow", 148.04), took("middling", 20)], 2)).toEqual([" 148.0 s  slow", "  20.0 s  middling"].map((line) => `  ${line}`));
  });

  test("the last line is what scripts read", () => {
    const one = { name: "x", passed: 2, failed: 1, skipped: 0, skips: [], seconds: 1, words: "" };
    expect(lastLine(sum([one, one]))).toBe("4 passed, 2 failed, 0 skipped");
  });
});
