// Calls, rpc and decisions from the command line: what is sent, what is printed, and the exit code of every end.
import { afterEach, describe, expect, test } from "bun:test";
import { createFixture, type Fixture, finish, Refusal, spawnCli, TOKEN } from "./fixture.ts";

let open: Fixture | undefined;
const fixture = (handlers: Parameters<typeof createFixture>[0]): Fixture => {
  open = createFixture(handlers);
  return open;
};
afterEach(() => open?.stop());

const answering = (state: string) => ({ "tools.call": () => ({ callId: "c1", state, text: "so it is", extra: 1 }) });
const refusing = (code: number, type: string) => ({
  "tools.call": () => {
    throw new Refusal(code, type, "no");
  },
});

describe("call", () => {
  test.each([
    ["succeeded", 0],
    ["failed", 1],
    ["refused", 2],
    ["held", 3],
    ["unknown", 4],
    ["running", 5],
  ])("a call that is %s exits %d and prints the whole answer as JSON into a pipe", async (state, code) => {
    const ran = await fixture(answering(state)).run(["call", "proxmox_guest_start", '{"vmid": 101}']);
    expect(ran.code).toBe(code);
    expect(JSON.parse(ran.out)).toEqual({ callId: "c1", state, text: "so it is", extra: 1 });
  });

  test.each([
    [-32602, "bad_input", 64],
    [-32004, "not_found", 64],
    [-32601, "method_not_found", 64],
    [-32001, "unauthorised", 77],
    [-32003, "operator_only", 77],
    [-32003, "scope", 77],
    [-32010, "upstream_refused", 1],
    [-32603, "bug", 1],
  ])("an error %d %s exits %d, with words on stderr and the error as JSON", async (code, type, exit) => {
    const ran = await fixture(refusing(code, type)).run(["call", "x"]);
    expect(ran.code).toBe(exit);
    expect(ran.err).toBe("jarvis: no\n");
    expect(JSON.parse(ran.out)).toMatchObject({ error: { code, data: { type } } });
  });

  test("options become the request's fields", async () => {
    const jarvis = fixture(answering("succeeded"));
    await jarvis.run(["call", "t", "{}", "--dry-run", "--wait", "3", "--key", "k1", "--confirm", "yes"]);
    expect(jarvis.seen).toEqual([{ by: "socket", method: "tools.call", params: { name: "t", arguments: {}, dryRun: true, waitSeconds: 3, idempotencyKey: "k1", confirm: "yes" } }]);
  });

  test.each<[string[]]>([
    [["call", "t", "{vmid:1}"]],
    [["call", "t", "{}", "--wait", "301"]],
    [["call", "t", "--fast"]],
    [["call", "t", "101"]],
    [["call", "t", '["vmid", 101]']],
    [["rpc", "state.get", '"guest/101"']],
    [["call", "t", "{}", "more"]],
    [["nonsense"]],
    [["asks", "maybe", "a1"]],
    [["autonomy", "free"]],
  ])("%p is exit 64 and sends nothing", async (args) => {
    const jarvis = fixture({});
    expect((await jarvis.run(args)).code).toBe(64);
    expect(jarvis.seen).toEqual([]);
  });
});

describe("which way in", () => {
  test("without the control socket the token of the data folder is used", async () => {
    const jarvis = fixture(answering("succeeded"));
    await jarvis.closeControl();
    expect((await jarvis.run(["call", "t"])).code).toBe(0);
    expect(jarvis.seen.map(({ by }) => by)).toEqual(["token"]);
  });

  test("another program on Jarvis's port is no Jarvis: 69", async () => {
    for (const body of ["<html>hello</html>", '{"hello": 1}', "[]"]) {
      const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(body) });
      const ran = await finish(spawnCli(["rpc", "time.sync"], { JARVIS_DATA: "/nowhere/at/all", JARVIS_PORT: String(other.port), JARVIS_ADMIN_TOKEN: TOKEN }));
      await other.stop(true);
      expect(ran).toMatchObject({ code: 69, out: "", err: expect.stringContaining("what answers there is no Jarvis") });
    }
  });

  test("JARVIS_ADMIN_TOKEN goes before it, and a wrong one is exit 77", async () => {
    const jarvis = fixture(answering("succeeded"));
    await jarvis.closeControl();
    expect((await jarvis.run(["call", "t"], { JARVIS_ADMIN_TOKEN: "wrong" })).code).toBe(77);
    expect((await jarvis.run(["call", "t"], { JARVIS_ADMIN_TOKEN: TOKEN })).code).toBe(0);
  });

  test("nobody there is exit 69 for every command that asks", async () => {
    for (const args of [
      ["status"],
      ["call", "t"],
      ["rpc", "state.get"],
      ["asks"],
      ["autonomy"],
      ["release"],
      ["login"],
      ["token", "list"],
      ["ws", "sub", "core/feed"],
      ["chat", "hello"],
      ["stop"],
    ]) {
      const ran = await finish(spawnCli(args, { JARVIS_DATA: "/nowhere/at/all", JARVIS_PORT: "9" }));
      expect({ args, code: ran.code }).toEqual({ args, code: 69 });
    }
  }, 20_000);
});

describe("decisions", () => {
  const ask = {
    id: "a1",
    tool: "t",
    arguments: {},
    target: "guest/101",
    effect: "disruptive",
    why: "it is yours",
    expiresAt: "2026-01-02T03:04:05.000Z",
    hash: "h1",
    callId: "c1",
    caller: { kind: "remedy", id: "r", scope: "operate", tainted: false },
  };

  test("an approval carries the hash of what was shown and the words given", async () => {
    const jarvis = fixture({ "asks.list": () => ({ asks: [ask] }), "asks.decide": () => ({ state: "admitted" }) });
    expect((await jarvis.run(["asks", "approve", "a1", "go", "on"])).code).toBe(0);
    expect(jarvis.seen.at(-1)?.params).toEqual({ id: "a1", decision: "approve", words: "go on", hash: "h1" });
  });

  test("an approval that came to nothing says why and exits 2", async () => {
    const jarvis = fixture({ "asks.list": () => ({ asks: [ask] }), "asks.decide": () => ({ state: "refused", text: "guest/101 belongs to another guest now." }) });
    const { code, out } = await jarvis.run(["asks", "approve", "a1"]);
    expect([code, JSON.parse(out).text]).toEqual([2, "guest/101 belongs to another guest now."]);
  });

  test("an approval while everything is held says to release first, and exits 3: the ask is still open", async () => {
    const jarvis = fixture({ "asks.list": () => ({ asks: [ask] }), "asks.decide": () => ({ state: "held", text: "Held: release first, then approve." }) });
    const { code, out } = await jarvis.run(["asks", "approve", "a1"]);
    expect([code, JSON.parse(out).text]).toEqual([3, "Held: release first, then approve."]);
  });

  test("autonomy, release, login and token print what the server says", async () => {
    const modes = { mode: "act", killed: false, maintenance: false };
    const made = { id: "t1", name: "ci", scope: "read", token: "secret" };
    const code = { code: "123-456", url: "http://127.0.0.1:1", expiresAt: "2026-01-02T03:04:05.000Z" };
    const jarvis = fixture({ "autonomy.set": () => modes, release: () => modes, "tokens.new": () => made, "login.code": () => code });
    expect(JSON.parse((await jarvis.run(["autonomy", "act"])).out)).toEqual(modes);
    expect(JSON.parse((await jarvis.run(["release"])).out)).toEqual(modes);
    expect(JSON.parse((await jarvis.run(["token", "new", "ci", "--scope", "read"])).out)).toEqual(made);
    expect(JSON.parse((await jarvis.run(["login"])).out)).toEqual(code);
  });
});
