// A dropped-in plugin is listed and nothing more: no byte of it runs, whatever it is.
import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discover } from "../../../core/host/discover.ts";
import { createClock } from "../../../core/lib/clock.ts";
import { testHost } from "../../support/host.ts";
import { until } from "../../support/until.ts";

const folders: string[] = [];
const hosts: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const fresh = (files: Record<string, string> = {}): string => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-drop-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) put(folder, path, text);
  return folder;
};
const put = (folder: string, path: string, text: string): void => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const drop = (folder: string) => discover({ folders: [folder], bundled: ["ours"] }).dropped;

test("neither its top level nor a macro import runs, and it waits as pending", async () => {
  const home = fresh();
  const canary = join(home, ".canary");
  const touch = `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(canary)}, "ran");\n`;
  put(home, "sly/plugin.ts", `${touch}import { now } from "./macro.ts" with { type: "macro" };\nexport default now();\n`);
  put(home, "sly/macro.ts", `${touch}export const now = () => 1;\n`);
  put(home, "single.ts", touch);
  const { host, logs } = testHost({ folders: [home], bundled: [] });
  hosts.push(host);
  await host.start();
  expect(host.list().map(({ id, state, source, tools }) => ({ id, state, source, tools }))).toEqual([
    { id: "single", state: "pending", source: "dropped", tools: [] },
    { id: "sly", state: "pending", source: "dropped", tools: [] },
  ]);
  expect(existsSync(canary)).toBe(false);
  expect(logs).toContain("info plugin sly was dropped in and waits for approval");
});

test("what is unfit to run is pending as well, with what is wrong beside it: nothing of it ran that could have failed", async () => {
  const home = fresh({ "empty/readme.md": "", "Upper/plugin.ts": "" });
  const { host } = testHost({ folders: [home], bundled: [] });
  hosts.push(host);
  await host.start();
  expect(host.list().map(({ id, state, error }) => [id, state, error?.replaceAll(home, "HOME").slice(0, 26)])).toEqual([
    ["Upper", "pending", "Upper is no plugin's name:"],
    ["empty", "pending", "HOME/empty has no plugin.t"],
  ]);
});

test("a new folder is noticed within a second, and so is a folder of plugins that was not there", async () => {
  const home = fresh();
  const later = join(fresh(), "later");
  const { host } = testHost({ folders: [home, later], bundled: [] });
  hosts.push(host);
  await host.start();
  expect(host.list()).toEqual([]);
  put(home, "ups/plugin.ts", "export default 1;");
  await until(() => host.list().some(({ id, state }) => id === "ups" && state === "pending"), { withinMs: 1000, what: "ups is listed" });
  put(later, "nas/plugin.ts", "export default 1;");
  await until(() => host.list().some(({ id }) => id === "nas"), { withinMs: 2200, what: "nas is listed" });
  rmSync(join(home, "ups"), { recursive: true });
  await until(() => host.list().every(({ id }) => id !== "ups"), { withinMs: 2200, what: "ups is gone" });
});

test("a bundled id cannot be taken, nor an id twice", () => {
  const home = fresh({ "ours/plugin.ts": "" });
  const other = fresh({ "ours/plugin.ts": "export default 1;", "ups/plugin.ts": "1", "ups.ts": "2" });
  const { bundled, dropped } = discover({ folders: [home, other], bundled: ["ours"] });
  expect(bundled.map(({ id }) => id)).toEqual(["ours"]);
  expect(dropped.map(({ id, error }) => [id, error?.replaceAll(other, "OTHER")])).toEqual([
    ["ours", "the id ours belongs to a bundled plugin"],
    ["ups", undefined],
    ["ups", "the id ups is taken by OTHER/ups"],
  ]);
});

test("a bundled plugin whose folder is deleted is simply absent", () => {
  expect(discover({ folders: [fresh()], bundled: ["ours"] })).toEqual({ bundled: [], dropped: [] });
  expect(discover({ folders: ["/nowhere/at/all"], bundled: ["ours"] })).toEqual({ bundled: [], dropped: [] });
});

test.each(["Upper", "1st", "under_score", `a${"b".repeat(32)}`, "sp ace"])("%p is no plugin's name, and is said so", (name) => {
  expect(drop(fresh({ [`${name}/plugin.ts`]: "" }))[0]?.error).toContain("is no plugin's name");
});

test("links, anything larger than 5 MiB and folders without a plugin.ts are refused with words", () => {
  const linked = fresh({ "sly/plugin.ts": "" });
  symlinkSync("/etc/passwd", join(linked, "sly/passwd"));
  symlinkSync("/etc", join(linked, "etc"));
  expect(drop(linked).map(({ id, error }) => [id, error?.replace(/^\S+ /, "")])).toEqual([
    ["etc", "is a link; a plugin is a folder or file of its own."],
    ["sly", "is a link; a plugin's folder holds regular files only."],
  ]);
  expect(drop(fresh({ "big/plugin.ts": "", "big/data.bin": "x".repeat(5 * 1024 * 1024 + 1) }))[0]?.error).toContain("holds more than 5 MiB");
  expect(drop(fresh({ "fits/plugin.ts": "", "fits/data.bin": "x".repeat(5 * 1024 * 1024) }))[0]?.error).toBeUndefined();
  expect(drop(fresh({ "empty/readme.md": "" }))[0]?.error).toContain("has no plugin.ts");
});

test("the content's hash changes with every byte and every name", () => {
  const hash = (files: Record<string, string>): string | undefined => drop(fresh(files))[0]?.content?.hash;
  const first = hash({ "a/plugin.ts": "1", "a/b": "" });
  expect(first).toBe(hash({ "a/plugin.ts": "1", "a/b": "" }));
  expect(new Set([first, hash({ "a/plugin.ts": "2", "a/b": "" }), hash({ "a/plugin.ts": "1", "a/c": "" }), hash({ "a/plugin.ts": "", "a/b": "1" })]).size).toBe(4);
});

test("on a fast clock a folder is still noticed in real time", async () => {
  const home = fresh();
  const { host } = testHost({ folders: [home], bundled: [], clock: createClock(60) });
  hosts.push(host);
  await host.start();
  put(home, "ups.ts", "export default 1;");
  await until(() => host.list().length === 1, { withinMs: 1000, what: "ups is listed" });
});
