// Whom the command line talks to: the Jarvis of its data folder, else the one that is named, and never another that happens to listen.
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keptLine, trustPlainLine } from "../../core/cli/plain-line.ts";
import { createFixture, type Fixture, finish, spawnCli, TOKEN } from "./fixture.ts";

const TIME = {
  "time.sync": () => ({ time: "2026-01-02T03:04:05.000Z" }),
  "channels.subscribe": () => ({ subscription: "s1", epoch: "e", offset: 1, recovered: false, snapshot: 1 }),
};
const folders: string[] = [];
let other: Fixture | undefined;
afterEach(async () => {
  await other?.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A Jarvis that listens, and a data folder beside it that is not its own: `run` is what stands in its run.json. */
const beside = (run?: (of: { url: string; pid: number; startedAt: string }) => object) => {
  other = createFixture(TIME);
  const theirs = JSON.parse(readFileSync(join(other.data, "run.json"), "utf8"));
  const data = mkdtempSync(join(tmpdir(), "jarvis-whom-"));
  folders.push(data);
  if (run !== undefined) writeFileSync(join(data, "run.json"), JSON.stringify(run({ url: theirs.url, pid: theirs.pid, startedAt: theirs.startedAt })));
  writeFileSync(join(data, "cli.token"), "the-token-of-this-folder-and-no-other\n");
  return { data, port: new URL(theirs.url).port, seen: other.seen, run: (args: string[], env = {}) => finish(spawnCli(args, { JARVIS_DATA: data, ...env })) };
};

/** A process id that nobody has. */
const gone = async (): Promise<number> => {
  const child = Bun.spawn([process.execPath, "--version"], { stdout: "ignore" });
  await child.exited;
  return child.pid;
};

describe("another Jarvis on the port", () => {
  const commands = [
    ["rpc", "time.sync"],
    ["ws", "sub", "core/feed", "--count", "1"],
  ];

  test("is not asked for a folder whose own has gone without a word: 69, naming the folder", async () => {
    const pid = await gone();
    const { data, seen, run } = beside((theirs) => ({ ...theirs, pid }));
    for (const args of commands)
      for (const env of [{}, { JARVIS_ADMIN_TOKEN: TOKEN }]) {
        const ran = await run(args, env);
        expect([args, ran.code, ran.out]).toEqual([args, 69, ""]);
        expect(ran.err).toContain(`no Jarvis is running for ${data}`);
        expect(ran.err).not.toContain("    at ");
      }
    expect(seen).toEqual([]);
  }, 20_000);

  test("is not asked because JARVIS_PORT is its own either, unless a token says that it is meant", async () => {
    const { data, port, seen, run } = beside();
    for (const args of commands) {
      const ran = await run(args, { JARVIS_PORT: port });
      expect([args, ran.code, ran.out]).toEqual([args, 69, ""]);
      expect(ran.err).toContain(`what answers at http://127.0.0.1:${port} is not the Jarvis of ${data}`);
    }
    expect(seen).toEqual([]);
    expect((await run(["rpc", "time.sync"], { JARVIS_PORT: port, JARVIS_ADMIN_TOKEN: TOKEN })).code).toBe(0);
    expect(await run(["rpc", "time.sync"], { JARVIS_PORT: port, JARVIS_ADMIN_TOKEN: "wrong" })).toMatchObject({
      code: 77,
      err: expect.stringContaining("does not know this token (JARVIS_ADMIN_TOKEN)"),
    });
    const socket = await run(["ws", "sub", "core/feed", "--count", "1"], { JARVIS_PORT: port, JARVIS_ADMIN_TOKEN: "wrong" });
    expect([socket.code, socket.err]).toEqual([77, expect.stringContaining('"./jarvis token new" makes one on the machine where that Jarvis runs')]);
  }, 20_000);

  test("that took both the port and the process id of a dead one is found out by its refusal", async () => {
    const { data, run } = beside((theirs) => theirs);
    for (const args of commands) {
      const ran = await run(args);
      expect([args, ran.code]).toEqual([args, 69]);
      expect(ran.err).toContain(`is not the Jarvis of ${data}`);
    }
  }, 20_000);

  test("is pointed at when it holds the port, so that one knows what to name", async () => {
    const { port, run } = beside();
    const ran = await run(["stop"], { JARVIS_PORT: port });
    expect(ran.code).toBe(69);
    if (process.platform === "linux") expect(ran.err).toContain(`Port ${port} is held by bun (pid ${process.pid})`);
  });
});

test("the folder's own is spoken to over its control socket even when run.json is not there yet", async () => {
  other = createFixture(TIME);
  const data = mkdtempSync(join(tmpdir(), "jarvis-whom-"));
  folders.push(data);
  const own = Bun.serve({ unix: join(data, "control.sock"), fetch: () => Response.json({ jsonrpc: "2.0", id: 1, result: { time: "2026-01-02T03:04:05.000Z" } }) });
  const ran = await finish(spawnCli(["rpc", "time.sync"], { JARVIS_DATA: data }));
  await own.stop(true);
  expect(ran.code).toBe(0);
});

test("status says which one it is about: the folder's own, or one that was named", async () => {
  const status = {
    "status.get": () => ({ mode: "act", killed: false, maintenance: false, sources: [], version: "0", brain: "", self: { state: "outside", resources: [], words: "" } }),
    "plugins.list": () => ({ plugins: [] }),
    "state.get": () => ({ resources: [] }),
    "incidents.list": () => ({ incidents: [] }),
    "asks.list": () => ({ asks: [] }),
  };
  other = createFixture(status);
  const run = JSON.parse(readFileSync(join(other.data, "run.json"), "utf8"));
  expect(JSON.parse((await other.run(["status"])).out)).toMatchObject({ data: other.data, url: run.url, pid: run.pid });
  const elsewhere = await finish(spawnCli(["status"], { JARVIS_DATA: "/nowhere/at/all", JARVIS_PORT: new URL(run.url).port, JARVIS_ADMIN_TOKEN: TOKEN }));
  const told = JSON.parse(elsewhere.out);
  expect([told.url, told.pid, told.data]).toEqual([run.url, undefined, undefined]);
}, 20_000);

test("a token never crosses the network in the clear, unless the person says that the line is theirs", async () => {
  const away = { JARVIS_DATA: "/nowhere/at/all", JARVIS_HOST: "192.0.2.7", JARVIS_ADMIN_TOKEN: TOKEN };
  for (const args of [
    ["chat", "status"],
    ["ws", "sub", "core/feed"],
    ["rpc", "time.sync"],
  ]) {
    const ran = await finish(spawnCli(args, away));
    expect([ran.code, ran.out, ran.err]).toEqual([64, "", expect.stringContaining("http://192.0.2.7:5278 is another machine, and the token would cross the network")]);
    expect(ran.err).not.toContain(TOKEN);
  }
  other = createFixture(TIME);
  const { port } = new URL(JSON.parse(readFileSync(join(other.data, "run.json"), "utf8")).url);
  for (const host of ["127.0.0.1", "localhost"]) expect((await finish(spawnCli(["rpc", "time.sync"], { ...away, JARVIS_HOST: host, JARVIS_PORT: port }))).code).toBe(0);
}, 20_000);

test("--insecure says that the line is trusted", () => {
  expect(() => keptLine("http://jarvis.lan:5278")).toThrow("say --insecure");
  expect(keptLine("https://jarvis.lan:5278")).toBe("https://jarvis.lan:5278");
  for (const url of ["http://127.8.9.1:1", "http://[::1]:1", "http://0.0.0.0:1"]) expect(keptLine(url)).toBe(url);
  trustPlainLine();
  expect(keptLine("http://jarvis.lan:5278")).toBe("http://jarvis.lan:5278");
});
