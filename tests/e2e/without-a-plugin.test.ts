// Deleting any plugin's folder (and its own tests) leaves everything building, checking and starting: core and ui know none of them.
import { afterAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { until } from "../support/until.ts";

const root = resolve(import.meta.dir, "../..");
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

const plugins = readdirSync(join(root, "plugins")).filter((name) => existsSync(join(root, "plugins", name, "plugin.ts")) || name === "hello.ts");

const copyWithout = (plugin: string): string => {
  const copy = mkdtempSync(join(tmpdir(), "jw-"));
  made.push(copy);
  const listed = Bun.spawnSync(["git", "ls-files", "-co", "--exclude-standard"], { cwd: root }).stdout.toString().split("\n").filter(Boolean);
  const id = plugin.replace(/\.ts$/, "");
  for (const file of listed) {
    if (file === `plugins/${plugin}` || file.startsWith(`plugins/${plugin}/`) || file.startsWith(`tests/plugins/${id}`) || !existsSync(join(root, file))) continue;
    mkdirSync(join(copy, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
};

/** Types are checked for one of them, by the seed: that core imports none is proved for all by tests/architecture. */
const seed = Number(process.env.JARVIS_TEST_SEED ?? 0);
const checkedToo = (plugin: string): boolean => process.env.JARVIS_TEST_FULL === "1" || plugins[seed % plugins.length] === plugin;

describe.each(plugins)("without plugins/%s", (plugin) => {
  const copy = copyWithout(plugin);

  test("core, plugins and their checks still build", () => {
    const tested = Bun.spawnSync([process.execPath, "test", "tests/architecture"], { cwd: copy });
    expect(tested.exitCode, tested.stderr.toString()).toBe(0);
    if (!checkedToo(plugin)) return;
    writeFileSync(
      join(copy, "tsconfig.without.json"),
      JSON.stringify({
        extends: "./tsconfig.json",
        compilerOptions: { incremental: false, tsBuildInfoFile: null },
        include: ["core", "plugins", "tests/architecture", "tests/core", "tests/support"],
      }),
    );
    const checked = Bun.spawnSync([process.execPath, "node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.without.json"], { cwd: copy });
    expect(checked.stdout.toString()).toBe("");
  }, 300_000);

  test("the core starts, serves and ends in good order", async () => {
    writeFileSync(join(copy, "jarvis.yaml"), "autonomy: observe\n");
    const data = join(copy, "data");
    const core = Bun.spawn([process.execPath, "core/cli/main.ts", "start"], {
      cwd: copy,
      env: { PATH: process.env.PATH ?? "", HOME: copy, JARVIS_DATA: data, JARVIS_PORT: "0" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const run = join(data, "run.json");
    await until(() => existsSync(run) || core.exitCode !== null, { withinMs: 30_000, what: "the start" });
    expect(core.exitCode, core.exitCode === null ? "" : await new Response(core.stderr).text()).toBeNull();
    const { url } = (await Bun.file(run).json()) as { url: string };
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    core.kill("SIGTERM");
    await core.exited;
    expect(core.exitCode).toBe(0);
  }, 60_000);
});
