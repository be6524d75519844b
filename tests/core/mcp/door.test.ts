// Who gets in at /mcp and how much: credentials, Host and Origin, bounds, sessions that are one credential's own, and everything closed when all is held or a token is taken back.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createFixtureHouse, type FixtureHouse } from "../../security/fixture-house.ts";
import { until } from "../../support/until.ts";
import { Called, modern, openOld, post } from "./raw.ts";

const LIST = { jsonrpc: "2.0", id: 9, method: "tools/list" };
let house: FixtureHouse;
const tokens = { read: "", desk: "", gone: "" };
const ids = { gone: "" };
beforeAll(async () => {
  house = await createFixtureHouse();
  tokens.read = (await house.operator("tokens.new", { name: "looker", scope: "read" })).token;
  tokens.desk = (await house.operator("tokens.new", { name: "desk", scope: "operate" })).token;
  const made = await house.operator("tokens.new", { name: "gone", scope: "read" });
  [tokens.gone, ids.gone] = [made.token, made.id];
});
afterAll(() => house.stop());

/** Opens a stream that stays open; `ended` is true once the other side closed it. */
const stream = async (token: string, init: { method: string; headers: Record<string, string>; body?: string }) => {
  const answer = await fetch(`${house.url}/mcp`, { ...init, headers: { accept: "application/json, text/event-stream", authorization: `Bearer ${token}`, ...init.headers } });
  const heard = { status: answer.status, text: "", ended: false };
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    try {
      for await (const piece of answer.body ?? []) heard.text += decoder.decode(piece);
    } catch {
      // Cut off rather than closed: it ended all the same.
    }
    heard.ended = true;
  };
  void read();
  return heard;
};

const listening = (token: string) =>
  stream(token, {
    method: "POST",
    headers: { "content-type": "application/json", "mcp-protocol-version": "2026-07-28", "mcp-method": "subscriptions/listen" },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: "l1",
      method: "subscriptions/listen",
      params: {
        notifications: { toolsListChanged: true, resourceSubscriptions: ["jarvis://asks"] },
        _meta: {
          "io.modelcontextprotocol/protocolVersion": "2026-07-28",
          "io.modelcontextprotocol/clientInfo": { name: "l", version: "1" },
          "io.modelcontextprotocol/clientCapabilities": {},
        },
      },
    }),
  });

test("without a credential nobody gets in, and is told how to knock", async () => {
  for (const token of [undefined, "jrv_not_one_of_ours_0123456789abcdef0123"]) {
    const { status, headers, error } = await post(house.url, token, LIST);
    expect([status, headers.get("www-authenticate"), error?.code]).toEqual([401, 'Bearer realm="jarvis"', -32001]);
  }
});

test("a foreign Host or Origin is 403, whatever credential comes with it", async () => {
  for (const headers of [{ host: "evil.example" }, { host: "jarvis.lan.evil.example" }, { origin: "http://evil.example" }, { origin: "null" }]) {
    const heard = await post(house.url, tokens.desk, LIST, headers);
    expect([headers, heard.status, heard.error?.code]).toEqual([headers, 403, -32003]);
  }
});

test("what is too large, no JSON, poisoned or a batch without a session is refused before anything reads it", async () => {
  expect((await post(house.url, tokens.desk, JSON.stringify({ ...LIST, params: { cursor: "x".repeat(1_100_000) } }))).status).toBe(413);
  expect((await post(house.url, tokens.desk, "{")).error?.code).toBe(-32700);
  expect((await post(house.url, tokens.desk, '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"__proto__":{"a":1}}}')).status).toBe(400);
  expect((await post(house.url, tokens.desk, [LIST, LIST])).status).toBe(400);
  expect((await modern(house.url, tokens.desk)("tools/list", { cursor: "bm90aGluZw==" })).error?.code).toBe(-32602);
});

test("a revision's header that says otherwise than its body is refused", async () => {
  const heard = await modern(house.url, tokens.desk)("tools/list", {}, { headers: { "mcp-method": "tools/call" } });
  expect([heard.status, heard.error?.code]).toEqual([400, -32020]);
});

test("a session is its credential's own: to anybody else it does not exist", async () => {
  const session = await openOld(house.url, tokens.desk);
  expect((await post(house.url, tokens.desk, LIST, { "mcp-session-id": session })).status).toBe(200);
  expect((await post(house.url, tokens.read, LIST, { "mcp-session-id": session })).status).toBe(404);
  expect((await post(house.url, tokens.desk, LIST)).status).toBe(400);
});

test("of one credential only so many sessions are kept: the longest unused goes first", async () => {
  const first = await openOld(house.url, tokens.read);
  for (let more = 0; more < 8; more += 1) await openOld(house.url, tokens.read);
  expect((await post(house.url, tokens.read, LIST, { "mcp-session-id": first })).status).toBe(404);
});

test("who follows is told of asks and tools, and a token taken back ends its streams and sessions at once", async () => {
  const session = await openOld(house.url, tokens.gone);
  const old = await stream(tokens.gone, { method: "GET", headers: { "mcp-session-id": session } });
  await post(house.url, tokens.gone, { jsonrpc: "2.0", id: 2, method: "resources/subscribe", params: { uri: "jarvis://asks" } }, { "mcp-session-id": session });
  const open = await listening(tokens.gone);
  await until(() => open.text.includes("acknowledged"));
  await house.operator("rules.add", { action: "ask", tool: "fixture_thing_shake", target: "guest/904" });
  await modern(house.url, tokens.desk)("tools/call", { name: "fixture_thing_shake", arguments: { target: "guest/904", nonce: "followed" } });
  await until(() => open.text.includes("jarvis://asks") && old.text.includes("jarvis://asks"), { what: "word of the ask on both streams" });
  house.app.registry.add({ ...house.app.registry.list()[0], name: "fixture_thing_new" } as Parameters<typeof house.app.registry.add>[0])();
  await until(() => open.text.includes("tools/list_changed") && old.text.includes("tools/list_changed"), { what: "word of the new tool" });
  await house.operator("tokens.revoke", { id: ids.gone });
  await until(() => open.ended && old.ended, { withinMs: 1000, what: "the end of both streams" });
  expect((await post(house.url, tokens.gone, LIST, { "mcp-session-id": session })).status).toBe(401);
});

test("a read token engages nothing; an operate token holds all, and cannot let go", async () => {
  const kill = (token: string, level: string) => modern(house.url, token)("tools/call", { name: "jarvis_kill", arguments: { level, reason: "a test" } });
  expect(Called.parse((await kill(tokens.read, "effects")).result).isError).toBe(true);
  expect((await house.operator("autonomy.get")).killed).toBe(false);
  await kill(tokens.desk, "effects");
  expect(await house.operator("autonomy.get")).toMatchObject({ killed: true, killLevel: "effects" });
  await kill(tokens.desk, "pause");
  expect((await house.operator("autonomy.get")).killLevel).toBe("effects");
  const { result } = await modern(house.url, tokens.desk)("tools/call", { name: "fixture_thing_mark", arguments: { target: "guest/901", nonce: "held-all" } });
  expect(Called.parse(result).structuredContent?.state).toBe("refused");
  expect((await modern(house.url, tokens.desk)("tools/call", { name: "jarvis_release", arguments: {} })).error?.code).toBe(-32602);
});

test("all held closes every session and stream, and nobody gets in until it is released", async () => {
  await house.operator("release");
  const session = await openOld(house.url, tokens.desk);
  const [old, open] = [await stream(tokens.desk, { method: "GET", headers: { "mcp-session-id": session } }), await listening(tokens.desk)];
  await until(() => open.text.includes("acknowledged"));
  await house.operator("kill", { level: "all" });
  await until(() => open.ended && old.ended, { withinMs: 1000, what: "the end of both streams" });
  const shut = await modern(house.url, tokens.desk)("tools/list");
  expect([shut.status, shut.error?.message]).toEqual([503, expect.stringContaining("until the operator releases it")]);
  await house.operator("release");
  expect((await modern(house.url, tokens.desk)("tools/list")).status).toBe(200);
  expect((await post(house.url, tokens.desk, LIST, { "mcp-session-id": session })).status).toBe(404);
});
