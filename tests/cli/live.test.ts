// Following channels, chatting, holding and stopping from the command line.
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../support/until.ts";
import { createFixture, type Fixture, finish, spawnCli } from "./fixture.ts";

let open: Fixture | undefined;
const fixture = (handlers: Parameters<typeof createFixture>[0]): Fixture => {
  open = createFixture(handlers);
  return open;
};
afterEach(() => open?.stop());

const at = { epoch: "e", offset: 4 };
const event = { subscription: "s1", channel: "core/feed", epoch: "e", offset: 5, time: "2026-01-02T03:04:06.000Z", type: "event", data: { words: "a thing" } };
const lines = (text: string): unknown[] =>
  text
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

const finishQuietly = async (child: ReturnType<Fixture["spawn"]>) => ({ code: await child.exited, err: await new Response(child.stderr).text() });

describe("ws sub", () => {
  test("prints the snapshots of a pattern first and then one channel.event a line, as many as --count says", async () => {
    const jarvis = fixture({
      "channels.subscribe": () => ({ subscription: "s1", channels: { "a/x": { ...at, recovered: false, snapshot: 1 }, "a/y": { ...at, recovered: false, snapshot: 2 } } }),
    });
    const child = jarvis.spawn(["ws", "sub", "a/*", "--count", "3"]);
    await until(() => jarvis.seen.length > 0, { what: "the subscription" });
    jarvis.notify("channel.event", event);
    const ran = await finish(child);
    expect(ran.code).toBe(0);
    expect(jarvis.seen[0]).toMatchObject({ method: "channels.subscribe", params: { channel: "a/*" } });
    expect(lines(ran.out)).toMatchObject([{ channel: "a/x", type: "snapshot", data: 1, offset: 4 }, { channel: "a/y", type: "snapshot", data: 2 }, event]);
  });

  test("a pattern that fits nothing yet says so and follows on", async () => {
    const jarvis = fixture({ "channels.subscribe": () => ({ subscription: "s1", channels: {} }) });
    const child = jarvis.spawn(["ws", "sub", "cor/*", "--count", "1"]);
    await until(() => jarvis.seen.length > 0, { what: "the subscription" });
    jarvis.notify("channel.event", event);
    expect(await finish(child)).toMatchObject({ code: 0, err: expect.stringContaining("no channel matches cor/* now") });
  });

  test("ends with 0 on an interrupt", async () => {
    const jarvis = fixture({ "channels.subscribe": () => ({ subscription: "s1", ...at, recovered: false }) });
    const child = jarvis.spawn(["ws", "sub", "core/feed"]);
    await until(() => jarvis.seen.length > 0, { what: "the subscription" });
    child.kill("SIGINT");
    expect(await child.exited).toBe(0);
  });

  test("a reader that closes the pipe ends it well", async () => {
    const jarvis = fixture({ "channels.subscribe": () => ({ subscription: "s1", ...at, recovered: false, snapshot: "x".repeat(200_000) }) });
    const child = jarvis.spawn(["ws", "sub", "core/feed"]);
    await child.stdout.cancel();
    await until(() => jarvis.seen.length > 0, { what: "the subscription" });
    jarvis.notify("channel.event", event);
    expect(await finishQuietly(child)).toEqual({ code: 0, err: "" });
  });

  test("says why the server closed: a restart is 69, a credential is 77", async () => {
    const jarvis = fixture({ "channels.subscribe": () => ({ subscription: "s1", ...at, recovered: false }) });
    const child = jarvis.spawn(["ws", "sub", "core/feed"]);
    await until(() => jarvis.seen.length > 0, { what: "the subscription" });
    jarvis.closeSockets(4503, "restarting");
    expect(await finish(child)).toMatchObject({ code: 69, err: expect.stringContaining("4503: restarting") });
    expect(await jarvis.run(["ws", "sub", "core/feed"], { JARVIS_ADMIN_TOKEN: "wrong" })).toMatchObject({ code: 77, err: expect.stringContaining("does not know this token") });
  });
});

describe("chat", () => {
  const done = { conversation: "k", message: "m1", text: "All is well.", route: "reflex", tokens: { input: 0, output: 0, cached: 0 }, costUsd: 0, calls: [], evidence: [] };
  const speak = (jarvis: Fixture): void => {
    jarvis.notify("chat.delta", { conversation: "k", message: "other", text: "not ours" });
    jarvis.notify("chat.delta", { conversation: "k", message: "m1", text: "All is " });
    jarvis.notify("chat.delta", { conversation: "k", message: "m1", text: "well." });
    jarvis.notify("chat.done", done);
  };
  const handlers = { "chat.send": () => ({ conversation: "k", message: "m1" }) };

  test("prints the answer's text, and nothing of another answer", async () => {
    const jarvis = fixture(handlers);
    const child = jarvis.spawn(["chat", "what's", "wrong?"]);
    await until(() => jarvis.seen.length > 0, { what: "the words" });
    speak(jarvis);
    expect(await finish(child)).toMatchObject({ code: 0, out: "All is well.\n" });
    expect(jarvis.seen[0]?.params).toEqual({ text: "what's wrong?" });
  });

  test("--json prints one notification a line", async () => {
    const jarvis = fixture(handlers);
    const child = jarvis.spawn(["chat", "status", "--json"]);
    await until(() => jarvis.seen.length > 0, { what: "the words" });
    speak(jarvis);
    expect(lines((await finish(child)).out)).toMatchObject([{ method: "chat.delta" }, { method: "chat.delta" }, { method: "chat.done", params: { text: "All is well." } }]);
  });

  test("what is held is told why once: in the answer, beside how to approve it", async () => {
    const jarvis = fixture(handlers);
    const child = jarvis.spawn(["chat", "restart", "it"]);
    await until(() => jarvis.seen.length > 0, { what: "the words" });
    const why = "Rule 1 asks a person before every restart.";
    jarvis.notify("chat.ask", {
      conversation: "k",
      message: "m1",
      ask: {
        id: "ask-a1",
        tool: "x_guest_restart",
        arguments: {},
        target: "guest/1",
        effect: "disruptive",
        why,
        expiresAt: "2026-11-23T18:00:00.000Z",
        hash: "h",
        callId: "c",
        caller: { kind: "operator", id: "o", scope: "operate", tainted: false },
      },
    });
    jarvis.notify("chat.done", { ...done, text: `Waits for a person: ${why}` });
    expect(await finish(child)).toMatchObject({ out: `Waits for a person: ${why}\n`, err: "held for your word: x_guest_restart\n  ./jarvis asks approve ask-a1\n" });
  });

  test.each([
    [["succeeded"], 0],
    [["failed"], 1],
    [["refused"], 2],
    [["held"], 3],
    [["unknown"], 4],
    [["running"], 5],
    [["succeeded", "held"], 3],
    [["refused", "unknown", "failed"], 4],
  ])("an answer whose calls ended %p exits %d, like call", async (states, code) => {
    const jarvis = fixture(handlers);
    const child = jarvis.spawn(["chat", "start it"]);
    await until(() => jarvis.seen.length > 0, { what: "the words" });
    const of = (message: string, state: string, index: number) => ({ conversation: "k", message, callId: `${message}-${index}`, tool: "t", arguments: {}, state });
    jarvis.notify("chat.call", of("other", "failed", 0));
    for (const [index, state] of states.entries()) {
      jarvis.notify("chat.call", of("m1", "running", index));
      jarvis.notify("chat.call", of("m1", state, index));
    }
    speak(jarvis);
    expect(await finish(child)).toMatchObject({ code, out: "All is well.\n" });
  });

  test("an answer that broke is exit 1", async () => {
    const jarvis = fixture(handlers);
    const child = jarvis.spawn(["chat", "status"]);
    await until(() => jarvis.seen.length > 0, { what: "the words" });
    jarvis.notify("chat.done", { ...done, text: "Something in me broke.", broken: true });
    expect(await finish(child)).toMatchObject({ code: 1, out: "Something in me broke.\n" });
  });

  test("nothing to say is exit 64", async () => {
    expect((await fixture(handlers).run(["chat"])).code).toBe(64);
  });
});

describe("kill", () => {
  test("writes KILL where the running core keeps its data, even when the core never answers", async () => {
    const jarvis = fixture({});
    await jarvis.closeControl();
    const hung = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Promise<Response>(() => undefined) });
    const run = JSON.parse(readFileSync(join(jarvis.data, "run.json"), "utf8"));
    writeFileSync(join(jarvis.data, "run.json"), JSON.stringify({ ...run, url: `http://127.0.0.1:${hung.port}` }));
    const ran = await jarvis.run(["kill", "pause"]);
    await hung.stop(true);
    expect(ran.code).toBe(0);
    expect(readFileSync(join(jarvis.data, "moved/KILL"), "utf8")).toBe("pause");
    expect(JSON.parse(ran.out)).toMatchObject({ killed: true, killLevel: "pause", told: false });
  });

  test("tells a running core too", async () => {
    const jarvis = fixture({ kill: () => ({ mode: "act", killed: true, killLevel: "effects", maintenance: false }) });
    expect(JSON.parse((await jarvis.run(["kill", "--reason", "enough"])).out)).toMatchObject({ killed: true, told: true });
    expect(jarvis.seen).toMatchObject([{ method: "kill", params: { level: "effects", reason: "enough" } }]);
  });

  test("without a core the configuration's data folder is held", async () => {
    const folder = mkdtempSync(join(tmpdir(), "jarvis-kill-"));
    writeFileSync(join(folder, "jarvis.yaml"), `data: ${folder}/house\n`);
    const ran = await finish(spawnCli(["kill"], { JARVIS_DATA: join(folder, "data"), JARVIS_CONFIG: join(folder, "jarvis.yaml"), JARVIS_PORT: "9" }));
    expect(ran.code).toBe(0);
    expect(existsSync(join(folder, "house/KILL"))).toBe(true);
    rmSync(folder, { recursive: true });
  });

  test("an unknown level is exit 64 and holds nothing", async () => {
    const jarvis = fixture({});
    expect((await jarvis.run(["kill", "softly"])).code).toBe(64);
    expect(existsSync(join(jarvis.data, "moved/KILL"))).toBe(false);
  });
});

describe("stop", () => {
  test("leaves a process alone that is not Jarvis, whatever run.json says", async () => {
    const folder = mkdtempSync(join(tmpdir(), "jarvis-stop-"));
    const other = Bun.spawn(["sleep", "60"]);
    writeFileSync(join(folder, "run.json"), JSON.stringify({ pid: other.pid, url: "http://127.0.0.1:9", startedAt: "2026-01-02T03:04:05.000Z" }));
    expect((await finish(spawnCli(["stop"], { JARVIS_DATA: folder }))).code).toBe(69);
    expect(other.exitCode).toBeNull();
    other.kill();
    await other.exited;
    rmSync(folder, { recursive: true });
  });
});
