// `start` as a new user meets it: what is wrong with the configuration is told at its line and ends with 78; a start that sees nothing says so.
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../support/until.ts";
import { finish, spawnCli } from "./fixture.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const house = (yaml?: string) => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-start-"));
  folders.push(folder);
  const config = join(folder, "jarvis.yaml");
  if (yaml !== undefined) writeFileSync(config, yaml);
  const environment = { JARVIS_CONFIG: config, JARVIS_DATA: join(folder, "data"), JARVIS_PORT: "0" };
  return { folder, spawn: (more: Record<string, string> = {}) => spawnCli(["start"], { ...environment, ...more }) };
};

const PROXMOX = 'plugins:\n  proxmox:\n    endpoints: [https://127.0.0.1:1]\n    token: "jarvis@pve!observe=01234567-0123-0123-0123-0123456789ab"\n';

describe("a wrong configuration", () => {
  test.each<[string, string | undefined, Record<string, string>, string[]]>([
    ["is not there", undefined, {}, ["jarvis.yaml does not exist"]],
    ["has an unknown key", "autonmy: act\n", {}, ["jarvis.yaml:1:1: autonmy: there is no such key. Did you mean autonomy?"]],
    ["is no YAML", "server: {port: 1\n", {}, ["jarvis.yaml:"]],
    [
      "lacks two variables",
      "plugins:\n  notify: { a: '${ONE_A}', b: '${TWO_B}' }\n",
      {},
      ["jarvis.yaml:2:13: plugins.notify.a", "ONE_A", "jarvis.yaml:2:28: plugins.notify.b", "TWO_B"],
    ],
    [
      "names a ca that is not there",
      `${PROXMOX}    ca: /nowhere/ca.pem\n`,
      {},
      ["jarvis.yaml:5:5: plugins.proxmox.ca: /nowhere/ca.pem does not exist. Expected: ", "must be able to read it"],
    ],
    ["names a ca that is none", `${PROXMOX}    ca: ${import.meta.path}\n`, {}, ["jarvis.yaml:5:5: plugins.proxmox.ca: holds no PEM certificate"]],
    [
      "holds a malformed token",
      "plugins:\n  proxmox:\n    endpoints: [https://127.0.0.1:1]\n    token: nonsense\n",
      {},
      ["jarvis.yaml:4:5: plugins.proxmox.token: expected an API token"],
    ],
    ["opens the house beyond loopback", "server: { open: true, host: 0.0.0.0 }\n", {}, ["server.open is honoured only while everything is on loopback"]],
    ["comes with a port that is none", "autonomy: act\n", { JARVIS_PORT: "http" }, ['JARVIS_PORT is "http"; expected a number from 0 to 65535']],
  ])(
    "that %s ends with 78 and words that say what, where and what to do",
    async (_, yaml, environment, words) => {
      const ran = await finish(house(yaml).spawn(environment));
      expect([ran.code, ran.out, ran.err.includes("    at ")]).toEqual([78, "", false]);
      for (const word of words) expect(ran.err).toContain(word);
    },
    20_000,
  );
});

describe("a configuration in which nothing is watched", () => {
  test("starts, and says loudly that nothing is seen and what to add", async () => {
    const child = house("plugins: { hallo: {} }\n").spawn();
    const reader = child.stdout.getReader();
    let out = "";
    await until(
      async () => {
        out += new TextDecoder().decode((await reader.read()).value);
        return out.includes("JARVIS is at");
      },
      { what: "the address" },
    );
    child.kill("SIGTERM");
    const [code, err] = await Promise.all([child.exited, new Response(child.stderr).text()]);
    expect(code).toBe(0);
    expect(err).toContain("NOTHING IS WATCHED");
    expect(err).toContain("there is no plugin hallo: nothing is done with it. Did you mean hello?");
  }, 20_000);
});

describe("a taken port", () => {
  const taking = (port: number) => Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
  /** Two listeners as far apart as Jarvis's port and its stand-in's. */
  const both = () => {
    for (;;) {
      const own = taking(0);
      try {
        return { own, other: taking(own.port + 10) };
      } catch {
        own.stop(true);
      }
    }
  };
  const start = (port: number) => finish(spawnCli(["start"], { JARVIS_DATA: join(house().folder, "data"), JARVIS_PORT: String(port) }));

  test("of the simulated house is told with who holds it, and that JARVIS_PORT moves it", async () => {
    const { own, other } = both();
    own.stop(true);
    const ran = await start(own.port);
    other.stop(true);
    expect([ran.code, ran.out]).toEqual([1, ""]);
    expect(ran.err).toContain(`Port ${other.port} is taken by bun (pid ${process.pid})`);
    expect(ran.err).toContain("another JARVIS_PORT");
  }, 20_000);

  test("of Jarvis's own is what is told when both are taken, as by another Jarvis", async () => {
    const { own, other } = both();
    const ran = await start(own.port);
    own.stop(true);
    other.stop(true);
    expect([ran.code, ran.out]).toEqual([1, ""]);
    expect(ran.err).toContain(`Port ${own.port} is taken by bun (pid ${process.pid}). Choose another with JARVIS_PORT`);
  }, 20_000);
});
