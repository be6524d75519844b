// The help pages and mistyped words.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../../core/cli/commands.ts";
import { helpPage } from "../../core/cli/help.ts";
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

describe("a mistyped word", () => {
  test("is exit 64 and names the nearest", async () => {
    expect(await run("autonmy")).toMatchObject({ code: 64, out: "", err: expect.stringContaining('did you mean "autonomy"?') });
    expect(await run("help", "autonmy")).toMatchObject({ code: 64, out: "", err: expect.stringContaining('did you mean "autonomy"?') });
    expect(await run("help", "lab")).toMatchObject({ code: 64, out: "", err: expect.stringContaining("./jarvis lab --help") });
    expect(await run("zzzzzzzz")).toMatchObject({ code: 64, err: expect.not.stringContaining("did you mean") });
  });
});
