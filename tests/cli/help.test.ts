// The help pages and mistyped words.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMANDS } from "../../core/cli/commands.ts";
import { helpPage } from "../../core/cli/help.ts";
import { commitOf, describeVersion } from "../../core/cli/version.ts";
import { finish, spawnCli } from "./fixture.ts";

const run = (...args: string[]) => finish(spawnCli(args, { JARVIS_DATA: "/nowhere/at/all" }));
const commands = join(import.meta.dir, "../../core/cli/commands");

describe("help", () => {
  test("names every command, fits 120 columns, and every command has its file for the launcher to see", () => {
    const page = helpPage(["greeter"]);
    for (const row of COMMANDS) {
      expect(page).toContain(`  ${row.usage}`);
      expect(existsSync(join(commands, `${row.name}.ts`))).toBe(true);
    }
    expect(page).toContain("greeter ...");
    expect(Math.max(...page.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  test.each(COMMANDS.map((row) => row.name))("%s has a page of its own that runs nothing", async (name) => {
    const ran = await run(name, "--help");
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.out).toStartWith(`./jarvis ${name}`);
    expect(await run("help", name)).toEqual(ran);
  });

  test("--help and help alone print the overview", async () => {
    expect((await run("--help")).out).toStartWith("Jarvis: the command center");
    expect((await run("help")).out).toStartWith("Jarvis: the command center");
  });
});

describe("--version", () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dir, "../../package.json"), "utf8"));

  test("tells Jarvis's version, Bun's and the commit where there is one; as JSON into a pipe", async () => {
    for (const word of ["--version", "-V"]) {
      const ran = await run(word);
      expect([ran.code, ran.err]).toEqual([0, ""]);
      expect(JSON.parse(ran.out)).toMatchObject({ version, bun: Bun.version });
    }
  });

  test("reads the commit of its own repository only, and does without", () => {
    const folder = mkdtempSync(join(tmpdir(), "jarvis-version-"));
    const git = (...args: string[]) => Bun.spawnSync(["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", ...args], { stdout: "pipe" });
    expect(commitOf(folder)).toBeUndefined();
    if (Bun.which("git") === null) return;
    git("init", "-q");
    expect(commitOf(folder)).toBeUndefined();
    git("commit", "-q", "--allow-empty", "-m", "one");
    const head = git("rev-parse", "HEAD").stdout.toString().trim();
    expect(commitOf(folder)).toBe(head.slice(0, 12));
    mkdirSync(join(folder, "inside"));
    expect(commitOf(join(folder, "inside"))).toBeUndefined();
    rmSync(folder, { recursive: true });
    expect(describeVersion({ version: "1.2.3", bun: "1.4.5", commit: "0123456789ab" })).toBe("Jarvis 1.2.3 (commit 0123456789ab), Bun 1.4.5");
    expect(describeVersion({ version: "1.2.3", bun: "1.4.5" })).toBe("Jarvis 1.2.3, Bun 1.4.5");
  });

  test("is the whole command: beside another word it is that word's option, and none there is", async () => {
    expect((await run("status", "--version")).code).toBe(64);
  });
});

describe("a mistyped word", () => {
  test("is exit 64 and names the nearest", async () => {
    expect(await run("autonmy")).toMatchObject({ code: 64, out: "", err: expect.stringContaining('did you mean "autonomy"?') });
    expect(await run("help", "autonmy")).toMatchObject({ code: 64, out: "", err: expect.stringContaining('did you mean "autonomy"?') });
    expect(await run("help", "lab")).toMatchObject({ code: 64, out: "", err: expect.stringContaining("./jarvis lab --help") });
    expect(await run("zzzzzzzz")).toMatchObject({ code: 64, err: expect.not.stringContaining("did you mean") });
  });
});
