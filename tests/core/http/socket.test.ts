// /api/v1/ws: hello and auth, every close code, errors that leave the socket open, channels, chat.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { until } from "../../support/until.ts";
import { type Client, connect } from "./support/client.ts";
import { ADMIN, createHouse, type House } from "./support/house.ts";

let house: House;
beforeAll(async () => {
  house = await createHouse();
  house.hub.declare("p/state", { kind: "state", title: "S" });
  house.hub.declare("p/event", { kind: "event", title: "E" });
  house.hub.state("p/state", { n: 0 });
});
afterAll(() => house.close());

describe("the first words", () => {
  test("are hello with protocol, version and time, then auth answers scope and caller", async () => {
    const client = await connect(house.host);
    expect(client.messages[0]).toMatchObject({ method: "hello", params: { protocol: 1, version: "0.0.0-test", time: expect.stringMatching(/^\d{4}-.*Z$/) } });
    expect((await client.request("tools.list")).error).toMatchObject({ code: -32001, data: { type: "unauthorised" } });
    expect((await client.request("auth", { token: ADMIN, protocol: 1 })).result).toEqual({
      scope: "admin",
      caller: { kind: "operator", id: "token:admin", scope: "admin", tainted: false },
    });
    expect((await client.request("tools.list")).result).toEqual({ tools: [] });
    client.close();
  });
});

describe("a script that authenticates", () => {
  const HOW = 'a message of its own, {"jsonrpc":"2.0","id":1,"method":"auth","params":{"token":"..."}}';
  const answerTo = async (client: Client, text: string) => {
    const before = client.messages.length;
    client.raw(text);
    return (await until(() => client.messages[before], { what: `an answer to ${text.slice(0, 40)}` })).error;
  };
  const inside = (more: object): string => JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools.call", params: { name: "inside" }, ...more });

  test.each([
    ["nowhere", {}, ""],
    ["among a method's params", { params: { auth: { token: ADMIN } } }, " What this message carried in `params.auth` was not looked at."],
    ["as a param", { params: { token: ADMIN } }, " What this message carried in `params.token` was not looked at."],
  ])("%s hears that auth comes first, and how; the socket stays", async (_, more, words) => {
    const client = await connect(house.host);
    expect(await answerTo(client, inside(more))).toMatchObject({ code: -32001, message: `Send auth first, ${HOW}.${words}` });
    expect((await client.request("auth", { token: ADMIN })).result).toMatchObject({ scope: "admin" });
    client.close();
  });

  test("beside a request, or in no request at all, hears where it belongs; nothing of that message is carried out", async () => {
    const client = await connect(house.host);
    const seen = house.seen.length;
    for (const _ of ["before", "after"]) {
      for (const [text, where] of [
        [inside({ auth: { token: ADMIN } }), "auth"],
        [inside({ token: ADMIN }), "token"],
        [JSON.stringify({ auth: { token: ADMIN } }), "auth"],
        [JSON.stringify({ jsonrpc: "2.0", id: 7, method: "auth", token: ADMIN }), "token"],
      ] as const) {
        const error = await answerTo(client, text);
        expect(error).toMatchObject({ code: -32600, message: `auth is ${HOW}; \`${where}\` inside another message counts for nothing, and that message was not carried out.` });
        expect(JSON.stringify(error)).not.toContain(ADMIN);
      }
      expect((await client.request("auth", { token: ADMIN })).error).toBeUndefined();
    }
    expect(house.seen.length).toBe(seen);
    client.close();
  });

  test("twice hears as whom it speaks, and what it follows goes on", async () => {
    const made = house.tokens.create("second", "read");
    const client = await connect(house.host, { token: ADMIN });
    const { result } = await client.request("channels.subscribe", { channel: "p/event" });
    expect((await client.request("auth", { token: ADMIN })).result?.words).toBe("This socket was authenticated already as operator token:admin; once is enough.");
    expect((await client.request("auth", { token: made.token })).result).toMatchObject({
      scope: "read",
      words: expect.stringMatching(/^This socket spoke as operator token:admin \(admin\) until now, and speaks as script \S+ \(read\) from here on; what it follows goes on\.$/),
    });
    house.hub.event("p/event", "told");
    await until(() => client.notes("channel.event").length > 0);
    expect(client.notes("channel.event")[0]?.params).toMatchObject({ subscription: result?.subscription, data: "told" });
    expect((await client.request("kill")).error).toMatchObject({ data: { type: "scope" } });
    expect((await client.request("auth", { token: "jrv_wrong" })).error).toMatchObject({ code: -32001, message: "This token is not valid." });
    expect((await client.ended()).code).toBe(4401);
  });

  test("over HTTP hears that every request carries its own credential", async () => {
    const answer = await fetch(`${house.url}/api/v1/rpc`, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "auth", params: { token: ADMIN } }),
    });
    expect(await answer.text()).toContain("over HTTP every request carries its own credential");
  });
});

describe("the socket closes", () => {
  test("4401 for a wrong token, for nothing at all, and for a key without its cookie and Origin", async () => {
    const session = house.sessions.create();
    for (const params of [{ token: "jrv_wrong" }, {}, { key: session.key }]) {
      const client = await connect(house.host);
      expect((await client.request("auth", params)).error).toMatchObject({ code: -32001 });
      expect((await client.ended()).code).toBe(4401);
    }
    const noOrigin = await connect(house.host, { headers: { cookie: `jarvis_${house.port}=${session.cookie}` } });
    await noOrigin.request("auth", { key: session.key });
    expect((await noOrigin.ended()).code).toBe(4401);
  });

  test("4408 when nobody authenticates in time: late is not wrong", async () => {
    const fast = await createHouse({ rate: 50 });
    const client = await connect(fast.host);
    const reason = "No auth within 5 seconds of hello. Connect anew and send it as the first message.";
    expect(await client.ended()).toEqual({ code: 4408, reason });
    expect(client.messages.at(-1)).toMatchObject({ id: null, error: { code: -32001, message: reason, data: { type: "unauthorised" } } });
    await fast.close();
  });

  test("4406 for another protocol", async () => {
    const client = await connect(house.host);
    await client.request("auth", { token: ADMIN, protocol: 2 });
    expect((await client.ended()).code).toBe(4406);
  });

  test("4400 for binary, for no JSON, for more than 1 MiB, each with its reason, before auth too", async () => {
    for (const [frame, reason] of [
      [new Uint8Array([1, 2, 3]), "Binary frames are not taken."],
      ["{nope", "That frame is not JSON."],
      ["", "That frame is not JSON."],
      [`"${"x".repeat(1024 * 1024)}"`, "A frame may have 1048576 bytes."],
    ] as const) {
      for (const token of [undefined, ADMIN]) {
        const client = await connect(house.host, token === undefined ? {} : { token });
        client.raw(typeof frame === "string" ? frame : Uint8Array.from(frame));
        expect(await client.ended()).toEqual({ code: 4400, reason });
      }
    }
  });

  test("4401 within a second when its token is revoked", async () => {
    const made = house.tokens.create("short", "operate");
    const clients = await Promise.all([1, 2, 3].map(() => connect(house.host, { token: made.token })));
    const began = performance.now();
    house.tokens.revoke(made.id);
    for (const client of clients) expect((await client.ended()).code).toBe(4401);
    expect(performance.now() - began).toBeLessThan(1000);
    expect((await fetch(`${house.url}/readyz`, { headers: { authorization: `Bearer ${made.token}` } })).status).toBe(401);
  });

  test("4429 after a flood, with errors before it", async () => {
    const slow = await createHouse({ rate: 0.01 });
    const client = await connect(slow.host, { token: ADMIN });
    const frame = JSON.stringify({ jsonrpc: "2.0", id: "flood", method: "time.sync" });
    for (let n = 0; n < 1500; n += 1) client.raw(frame);
    expect((await client.ended()).code).toBe(4429);
    expect(client.messages.some(({ error }) => error?.code === -32029)).toBe(true);
    await slow.close();
  });

  test("4429 after a flood of notifications, none of which is answered", async () => {
    const slow = await createHouse({ rate: 0.01 });
    const client = await connect(slow.host, { token: ADMIN });
    const before = client.messages.length;
    for (let n = 0; n < 1500; n += 1) client.raw('{"jsonrpc":"2.0","method":"asks.decide","params":{"id":"not-a-request-id","decision":"reject"}}');
    expect((await client.ended()).code).toBe(4429);
    expect(client.messages.slice(before)).toEqual([]);
    await slow.close();
  });

  test("4503 when Jarvis stops", async () => {
    const other = await createHouse();
    const client = await connect(other.host, { token: ADMIN });
    await other.close();
    expect((await client.ended()).code).toBe(4503);
  });
});

describe("the socket stays", () => {
  test("for JSON that is no request, for batches, for unknown methods and channels, for bad params", async () => {
    const client = await connect(house.host, { token: ADMIN });
    for (const text of ['"words"', "[]", '[{"jsonrpc":"2.0","id":1,"method":"tools.list"}]', '{"id":1}', "null", "5", '{"__proto__":1}', "[".repeat(1000) + "]".repeat(1000)]) {
      const before = client.messages.length;
      client.raw(text);
      const answer = await until(() => client.messages[before], { what: `an answer to ${text.slice(0, 20)}` });
      expect([text.slice(0, 20), answer.error?.code]).toEqual([text.slice(0, 20), -32600]);
    }
    expect((await client.request("no.such")).error).toMatchObject({ code: -32601 });
    expect((await client.request("tools.lsit")).error).toMatchObject({ code: -32601, message: "There is no method tools.lsit. Did you mean tools.list?" });
    expect((await client.request("channels.subscribe", { channel: "p/stat" })).error).toMatchObject({ code: -32004, message: "There is no channel p/stat. Did you mean p/state?" });
    expect((await client.request("channels.subscribe", { channel: "p/none" })).error).toMatchObject({ code: -32004, data: { type: "not_found" } });
    expect((await client.request("channels.subscribe", { channel: "../secrets" })).error).toMatchObject({ code: -32602 });
    expect((await client.request("channels.subscribe", {})).error).toMatchObject({ code: -32602, data: { issues: [{ path: "channel" }] } });
    expect((await client.request("channels.unsubscribe", { subscription: "s9" })).error).toMatchObject({ code: -32004 });
    expect((await client.request("auth", { token: 5 })).error).toMatchObject({ code: -32602 });
    expect((await client.request("tools.call", { name: "break" })).error).toMatchObject({ code: -32603, data: { type: "bug" } });
    expect((await client.request("tools.list")).result).toEqual({ tools: [] });
    client.close();
  });

  test("and says nothing to a notification", async () => {
    const client = await connect(house.host, { token: ADMIN });
    client.raw('{"jsonrpc":"2.0","method":"tools.call","params":{"name":"quiet"}}');
    for (const silent of [
      '{"jsonrpc":"2.0","method":"no.such"}',
      '{"jsonrpc":"2.0","method":"calls.get","params":{"callId":5}}',
      '{"jsonrpc":"2.0","method":"tools.call","params":{"name":"break"}}',
    ])
      client.raw(silent);
    await client.request("time.sync");
    expect(house.seen.some(({ params }) => JSON.stringify(params) === '{"name":"quiet"}')).toBe(true);
    expect(client.messages).toHaveLength(3);
    client.close();
  });

  test("and checks each message's scope", async () => {
    const made = house.tokens.create("looker", "read");
    const client = await connect(house.host, { token: made.token });
    expect((await client.request("kill")).error).toMatchObject({ code: -32003, data: { type: "scope" } });
    expect((await client.request("release")).error).toMatchObject({ code: -32003, data: { type: "operator_only" } });
    expect((await client.request("channels.subscribe", { channel: "p/*" })).result).toBeDefined();
    client.close();
  });
});

describe("channels over the socket", () => {
  test("answer, then publications with subscription, epoch, offset, time, type and data", async () => {
    const client = await connect(house.host, { token: ADMIN });
    const { result } = await client.request("channels.subscribe", { channel: "p/state" });
    expect(result).toMatchObject({ subscription: "s1", epoch: "epoch-1", recovered: false, snapshot: { n: 0 } });
    house.hub.state("p/state", { n: 1 });
    const [event] = await until(() => (client.notes("channel.event").length > 0 ? client.notes("channel.event") : undefined));
    expect(event?.params).toEqual({
      subscription: "s1",
      channel: "p/state",
      epoch: "epoch-1",
      offset: Number(result?.offset) + 1,
      time: expect.any(String),
      type: "patch",
      data: [{ op: "replace", path: "/n", value: 1 }],
    });
    expect((await client.request("channels.unsubscribe", { subscription: "s1" })).result).toEqual({ unsubscribed: true });
    house.hub.state("p/state", { n: 0 });
    await client.request("time.sync");
    expect(client.notes("channel.event")).toHaveLength(1);
    client.close();
  });

  test("what was missed comes after the answer, in order", async () => {
    for (let n = 0; n < 5; n += 1) house.hub.event("p/event", n);
    const client = await connect(house.host, { token: ADMIN });
    const position = house.hub.position("p/event")?.offset ?? 0;
    const { result } = await client.request("channels.subscribe", { channel: "p/event", since: { epoch: "epoch-1", offset: position - 3 } });
    expect(result).toMatchObject({ recovered: true, offset: position - 3 });
    await until(() => client.notes("channel.event").length === 3);
    expect(client.notes("channel.event").map(({ params }) => params?.data)).toEqual([2, 3, 4]);
    client.close();
  });

  test("chat answers at once and streams on the same socket", async () => {
    const client = await connect(house.host, { token: ADMIN });
    expect((await client.request("chat.send", { text: "hi", conversation: "c9" })).result).toEqual({ conversation: "c9", message: "m1" });
    await until(() => client.notes("chat.done").length === 1);
    expect(client.messages.slice(2).map(({ method }) => method ?? "answer")).toEqual(["answer", "chat.delta", "chat.done"]);
    expect((await client.request("chat.stop", {})).result).toEqual({ stopped: false });
    client.close();
  });

  test("the list names every channel with kind and title", async () => {
    const client = await connect(house.host, { token: ADMIN });
    expect((await client.request("channels.list")).result).toEqual({
      channels: [
        { channel: "p/state", kind: "state", title: "S" },
        { channel: "p/event", kind: "event", title: "E" },
      ],
    });
    client.close();
  });
});
