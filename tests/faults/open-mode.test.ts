// What a core refuses to start with, told in words that name it: open mode that reaches outside, a configuration that is wrong, a port that is taken.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type House, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";
import { effectsOf } from "./account.ts";
import { type Place, runToEnd, spawnCore } from "./core-process.ts";

/** TEST-NET-1: nobody is there, and nobody may even be asked. */
const OUTSIDE = "https://192.0.2.10:8006";
let house: House;
let folder = "";
beforeAll(async () => {
  house = await startHouse({ speed: 20, withoutCore: true });
}, 60_000);
afterAll(async () => house?.stop(), 30_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jarvis-open-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The lab's own file, with `edit` done to it and its data in this test's folder. */
const written = (edit: (text: string) => string): string => {
  const path = join(folder, "jarvis.yaml");
  const text = readFileSync(house.lab.line.config, "utf8");
  const edited = edit(text);
  writeFileSync(path, edited);
  return path;
};
const place = (edit: (text: string) => string, env: Place["env"] = {}): Place => ({
  data: folder,
  config: written(edit),
  env: { JARVIS_IDENTITY: house.lab.line.identity ?? "", ...env },
});
const lastRequest = async (): Promise<number> => JSON.stringify(await house.lab.requests()).length;

describe("open mode is loopback only", () => {
  test.each([
    ["one endpoint of four", (text: string) => text.replace(/"https:\/\/[^"]+"\]/, `"${OUTSIDE}"]`), "192.0.2.10:8006"],
    ["the lab's own address", (text: string) => text.replace(/control: .*/, 'control: "http://192.0.2.10:5288"'), "192.0.2.10"],
    ["a Docker socket outside the data folder", (text: string) => text.replace(/socket: .*/, 'socket: "/var/run/docker.sock"'), "/var/run/docker.sock"],
    ["a Docker socket that climbs out of the data folder", (text: string) => text.replace(/socket: .*/, `socket: "${house.folder}/lab/../../other.sock"`), "other.sock"],
    ["the address it listens at", (text: string) => text.replace("host: 127.0.0.1", "host: 0.0.0.0"), "server.host is 0.0.0.0"],
  ])("%s: exit 78 naming it, and nothing is asked", async (_, edit, named) => {
    const before = await lastRequest();
    const { code, words } = await runToEnd(place(edit));
    expect([code, words]).toEqual([78, expect.stringContaining(named)]);
    expect(words).toContain("server.open");
    expect(words.trim().split("\n")).toHaveLength(1);
    expect(await lastRequest()).toBe(before);
    expect(existsSync(join(folder, "run.json"))).toBe(false);
  });

  const closed = (text: string): string => text.replace("open: true", "open: false").replace(/clock:\n( +.*\n)+/, "");
  test.each([
    ["JARVIS_CLOCK_RATE", { JARVIS_CLOCK_RATE: "20", JARVIS_IDENTITY: undefined }, "a clock rate"],
    ["JARVIS_IDENTITY", {}, "JARVIS_IDENTITY"],
    ["JARVIS_HOLD_AT", { JARVIS_HOLD_AT: tmpdir(), JARVIS_IDENTITY: undefined }, "JARVIS_HOLD_AT"],
  ])("%s with a host or an endpoint outside: exit 78", async (_, env, named) => {
    const atHost = await runToEnd(place(closed, { ...env, JARVIS_HOST: "0.0.0.0" }));
    expect([atHost.code, atHost.words]).toEqual([78, expect.stringContaining(named)]);
    expect(atHost.words).toContain("0.0.0.0");
    const atEndpoint = await runToEnd(place((text) => closed(text).replace(/"https:\/\/[^"]+"\]/, `"${OUTSIDE}"]`), env));
    expect([atEndpoint.code, atEndpoint.words]).toEqual([78, expect.stringContaining(named)]);
    expect(atEndpoint.words).toContain("192.0.2.10:8006");
  });
});

describe("a configuration that is wrong: exit 78 with file, line, column and what was expected", () => {
  test.each([
    ["an unknown key", (text: string) => text.replace("autonomy: act", "autonomi: act"), "autonomi: act", /^:1: autonomi: there is no such key/],
    ["an unknown key further in", (text: string) => text.replace("  open: true", "  opened: true"), "opened: true", /^:3: server\.opened: there is no such key/],
    ["a word that is none of the words", (text: string) => text.replace("autonomy: act", "autonomy: always"), "autonomy: always", /^:\d+: autonomy: .*"observe"\|"propose"\|"act"/],
    ["a wrong type", (text: string) => text.replace("host: 127.0.0.1", "port: many"), "port: many", /^:\d+: server\.port: .*expected number/],
    ["what is no YAML", (text: string) => text.replace("server:", "server: ]["), "server: ][", /^:\d+: /],
    ["a wrong type in a plugin's section", (text: string) => text.replace(/endpoints: .*/, "endpoints: 5"), "endpoints: 5", /^:\d+: plugins\.proxmox\.endpoints: .*expected array/],
    ["an unknown key in a plugin's section", (text: string) => text.replace("    actToken:", "    actTokn:"), "actTokn:", /^:5: plugins\.proxmox\.actTokn: /],
    [
      "a hole that nothing fills",
      (text: string) => text.replace(/ {4}token: .*/, '    token: "$' + '{JARVIS_TEST_NOT_THERE}"'),
      "JARVIS_TEST_NOT_THERE",
      /^:\d+: .*JARVIS_TEST_NOT_THERE/,
    ],
  ])("%s", async (_, edit, mark, expected) => {
    const edited = edit(readFileSync(house.lab.line.config, "utf8"));
    const line = edited.slice(0, edited.indexOf(mark)).split("\n").length;
    const { code, words } = await runToEnd(place(edit));
    expect([code, words]).toEqual([78, expect.stringContaining(`jarvis.yaml:${line}:`)]);
    expect(words.slice(words.indexOf(`jarvis.yaml:${line}:`) + `jarvis.yaml:${line}`.length)).toMatch(expected);
    expect(existsSync(join(folder, "run.json"))).toBe(false);
  });

  test("JARVIS_CONFIG pointing at nothing", async () => {
    const { code, words } = await runToEnd({ data: folder, config: join(folder, "nothing.yaml") });
    expect([code, words]).toEqual([78, expect.stringContaining("nothing.yaml does not exist")]);
  });
});

test("the section of a plugin that is not there is one warning, and Jarvis runs", async () => {
  const core = spawnCore(place((text) => text.replace(/data: .*/, `data: "${house.folder}/lab"`).replace(/plugins:\n/, "plugins:\n  teapot:\n    colour: brown\n")));
  const words = new Response(core.stderr).text();
  await until(() => existsSync(join(folder, "run.json")), { withinMs: 20_000, what: "the core to run" });
  core.kill("SIGTERM");
  await core.exited;
  expect(core.exitCode).toBe(0);
  expect((await words).split("\n").filter((line) => line.includes("teapot"))).toEqual([expect.stringMatching(/ warn .*plugins\.teapot/)]);
}, 40_000);

test("a taken port: exit 1, by whom, and how to change it", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const at = other.address();
  const port = typeof at === "object" && at !== null ? at.port : 0;
  const { code, words } = await runToEnd(place((text) => text, { JARVIS_PORT: String(port) }));
  await new Promise((resolve) => other.close(resolve));
  expect([code, words]).toEqual([1, expect.stringContaining(`Port ${port} is taken by`)]);
  expect(words).toContain(`(pid ${process.pid})`);
  expect(words).toContain("JARVIS_PORT");
  expect(effectsOf(await house.lab.effects())).toEqual([]);
});
