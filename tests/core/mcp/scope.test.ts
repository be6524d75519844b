// What each token may see and do over MCP, cell by cell of DESIGN 5's table, in a whole house: the pipeline decides, and an MCP client is never the operator.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import { ADMIN, createFixtureHouse, type FixtureHouse } from "../../security/fixture-house.ts";
import { Called, modern, openOld, post } from "./raw.ts";

let house: FixtureHouse;
const tokens = { read: "", operate: "", admin: ADMIN };
let nonces = 0;

beforeAll(async () => {
  house = await createFixtureHouse();
  tokens.read = (await house.operator("tokens.new", { name: "looker", scope: "read" })).token;
  tokens.operate = (await house.operator("tokens.new", { name: "desk", scope: "operate" })).token;
});
afterAll(() => house.stop());

const Listed = z.object({ tools: z.array(z.looseObject({ name: z.string(), annotations: z.looseObject({ readOnlyHint: z.boolean(), destructiveHint: z.boolean() }) })) });
const listed = async (token: string) => Listed.parse((await modern(house.url, token)("tools/list")).result).tools;

const call = async (token: string, verb: string, target = "guest/901", meta: Record<string, unknown> = {}) => {
  nonces += 1;
  const nonce = `mcp-${nonces}`;
  const { result } = await modern(house.url, token)("tools/call", { name: `fixture_thing_${verb}`, arguments: { target, nonce } }, { meta });
  const told = Called.parse(result);
  return { state: told.structuredContent?.state, rule: told.structuredContent?.rule, isError: told.isError ?? false, did: house.effects().includes(nonce), nonce };
};

describe("what is offered", () => {
  test("a read token is offered what only reads", async () => {
    const tools = await listed(tokens.read);
    expect(tools.every(({ annotations }) => annotations.readOnlyHint)).toBe(true);
    expect(tools.map(({ name }) => name)).toEqual(["fixture_thing_look", "fixture_thing_peek", "jarvis_call_get", "jarvis_incidents_list", "jarvis_state_get"]);
  });

  test("an operate token, and one of an admin no more, is offered all but what is destructive", async () => {
    const names = (await listed(tokens.operate)).map(({ name }) => name);
    expect(names).toEqual([
      "fixture_thing_look",
      "fixture_thing_mark",
      "fixture_thing_peek",
      "fixture_thing_shake",
      "jarvis_call_get",
      "jarvis_incidents_list",
      "jarvis_kill",
      "jarvis_state_get",
    ]);
    expect((await listed(tokens.admin)).map(({ name }) => name)).toEqual(names);
  });

  test("nothing offered approves, releases, raises or mints", async () => {
    const names = (await listed(tokens.admin)).map(({ name }) => name);
    expect(names.filter((name) => /approve|decide|release|autonomy|token|rule/.test(name))).toEqual([]);
  });
});

describe("who may do what", () => {
  const table: [scope: keyof typeof tokens, verb: string, state: string][] = [
    ["read", "look", "succeeded"],
    ["read", "mark", "refused"],
    ["read", "shake", "refused"],
    ["read", "wipe", "refused"],
    ["operate", "look", "succeeded"],
    ["operate", "mark", "succeeded"],
    ["operate", "shake", "succeeded"],
    ["operate", "wipe", "refused"],
    ["admin", "mark", "succeeded"],
    ["admin", "wipe", "refused"],
  ];
  test("the table holds cell by cell, and what is refused leaves no trace but its journal row", async () => {
    for (const [scope, verb, wanted] of table) {
      const { state, isError, did, nonce, rule } = await call(tokens[scope], verb);
      expect([scope, verb, state, isError]).toEqual([scope, verb, wanted, wanted === "refused"]);
      if (verb !== "look") expect([scope, verb, did]).toEqual([scope, verb, wanted === "succeeded"]);
      const { calls } = await house.operator("journal.list", { effects: "all", limit: 50 });
      const row = calls.find((one) => JSON.stringify(one.arguments).includes(`"${nonce}"`));
      expect(row?.caller.kind).toBe("mcp");
      if (wanted === "refused") expect(row?.rule).toBe(rule ?? "");
    }
  }, 30_000);

  test("what is protected, and what Jarvis runs on, is refused to every token", async () => {
    for (const target of ["guest/902", "guest/903"]) expect([target, (await call(tokens.admin, "shake", target)).state]).toEqual([target, "refused"]);
  });

  test("a tool that has the plugin act for it does no more than the plugin may", async () => {
    const { did } = await call(tokens.read, "peek", "guest/902");
    expect(did).toBe(false);
  });

  test("a rehearsal sends nothing", async () => {
    const { did, state } = await call(tokens.operate, "shake", "guest/904", { "jarvis/dryRun": true });
    expect([did, state]).not.toContain("failed");
    expect(did).toBe(false);
  });

  test("a malformed wish of ours is told, and nothing is done", async () => {
    const { did, isError } = await call(tokens.operate, "mark", "guest/904", { "jarvis/dryRun": "yes" });
    expect([did, isError]).toEqual([false, true]);
  });

  test("the same key answers the first call's result", async () => {
    const about = { name: "fixture_thing_mark", arguments: { target: "guest/905", nonce: "keyed" } };
    const ask = modern(house.url, tokens.operate);
    const meta = { "jarvis/idempotencyKey": "once" };
    const [one, two] = [Called.parse((await ask("tools/call", about, { meta })).result), Called.parse((await ask("tools/call", about, { meta })).result)];
    expect(two.structuredContent?.callId ?? "").toBe(one.structuredContent?.callId ?? "other");
    expect(house.effects().filter((nonce) => nonce === "keyed")).toHaveLength(1);
  });

  test("an unknown tool and a wrong argument are told apart", async () => {
    const ask = modern(house.url, tokens.operate);
    expect((await ask("tools/call", { name: "fixture_thing_fly", arguments: {} })).error?.code).toBe(-32602);
    const wrong = Called.parse((await ask("tools/call", { name: "fixture_thing_mark", arguments: { target: 7, nonce: "x" } })).result);
    expect(wrong.isError).toBe(true);
    expect(wrong.content[0]?.text).toContain("target");
  });

  test("a session of 2025 stands under the same table", async () => {
    const session = await openOld(house.url, tokens.read);
    const { result } = await post(
      house.url,
      tokens.read,
      { jsonrpc: "2.0", id: 5, method: "tools/call", params: { name: "fixture_thing_mark", arguments: { target: "guest/901", nonce: "old-read" } } },
      { "mcp-session-id": session },
    );
    expect(Called.parse(result).structuredContent?.state).toBe("refused");
    expect(house.effects()).not.toContain("old-read");
  });
});
