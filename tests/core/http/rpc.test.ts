// POST /api/v1/rpc: status codes, error codes, input limits, rates.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import { methodNamed } from "../../../core/http/rpc.ts";
import { ADMIN, createHouse, type House } from "./support/house.ts";

const Envelope = z.looseObject({
  result: z.looseObject({}).optional(),
  error: z.looseObject({ code: z.number(), data: z.looseObject({ type: z.string(), issues: z.array(z.object({ path: z.string() })).optional() }) }).optional(),
});
let house: House;
beforeAll(async () => {
  house = await createHouse();
});
afterAll(() => house.close());

const post = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
  const response = await fetch(`${house.url}/api/v1/rpc`, { method: "POST", headers: { authorization: `Bearer ${ADMIN}`, ...headers }, body });
  return { status: response.status, headers: response.headers, body: Envelope.parse(await response.json()) };
};
const call = (method: string, params?: unknown, headers?: Record<string, string>) => post(JSON.stringify({ jsonrpc: "2.0", id: 7, method, params }), headers);
const bearer = (scope: "read" | "operate", name: string) => ({ authorization: `Bearer ${house.tokens.create(name, scope).token}` });

describe("rpc", () => {
  test("answers 200 with the result", async () => {
    expect(await call("tools.list", {})).toMatchObject({ status: 200, body: { jsonrpc: "2.0", id: 7, result: { tools: [] } } });
    expect((await call("time.sync")).status).toBe(200);
  });

  test("answers 200 with each error of the table", async () => {
    const cases: [unknown, number, string][] = [
      [{ jsonrpc: "2.0", id: 1, method: "no.such" }, -32601, "method_not_found"],
      [{ jsonrpc: "2.0", id: 1, method: "toString" }, -32601, "method_not_found"],
      [{ jsonrpc: "2.0", id: 1, method: "channels.subscribe", params: { channel: "a/b" } }, -32601, "method_not_found"],
      [{ jsonrpc: "2.0", id: 1, method: "calls.get", params: { callId: 5 } }, -32602, "bad_input"],
      [{ jsonrpc: "2.0", id: 1, method: "tools.call", params: { name: "break" } }, -32603, "bug"],
      [[{ jsonrpc: "2.0", id: 1, method: "tools.list" }], -32600, "invalid_request"],
      [{ id: 1, method: "tools.list" }, -32600, "invalid_request"],
      ["words", -32600, "invalid_request"],
      [null, -32600, "invalid_request"],
    ];
    for (const [body, code, type] of cases) expect(await post(JSON.stringify(body))).toMatchObject({ status: 200, body: { jsonrpc: "2.0", error: { code, data: { type } } } });
  });

  test("a notification is done and answered with nothing, whatever comes of it; what is no request is still answered with id null", async () => {
    const send = async (body: unknown) => {
      const response = await fetch(`${house.url}/api/v1/rpc`, { method: "POST", headers: { authorization: `Bearer ${ADMIN}` }, body: JSON.stringify(body) });
      return [response.status, await response.text()];
    };
    for (const [method, params] of [
      ["tools.call", { name: "unasked" }],
      ["tools.call", { name: "break" }],
      ["no.such", {}],
      ["calls.get", { callId: 5 }],
    ])
      expect(await send({ jsonrpc: "2.0", method, params })).toEqual([204, ""]);
    expect(house.seen.some(({ params }) => JSON.stringify(params) === '{"name":"unasked"}')).toBe(true);
    expect(await post('{"jsonrpc":"2.0","id":null,"method":"time.sync"}')).toMatchObject({ status: 200, body: { id: null, result: {} } });
    for (const body of ["5", "[]", "{}", '{"jsonrpc":"1.0","method":"time.sync"}', '{"jsonrpc":"2.0","method":5}'])
      expect(await post(body)).toMatchObject({ status: 200, body: { jsonrpc: "2.0", id: null, error: { code: -32600 } } });
  });

  test("bad input names each path, and a bug's words stay inside", async () => {
    const { body } = await call("journal.list", { limit: 0, effects: "some" });
    expect(body.error?.data.issues?.map(({ path }) => path).sort()).toEqual(["effects", "limit"]);
    const bug = await call("tools.call", { name: "break" });
    expect(JSON.stringify(bug.body)).not.toContain("secret inside");
    expect(house.logged.join("\n")).toContain("the secret inside");
  });

  test("chat waits and answers what chat.done carries", async () => {
    expect((await call("chat.send", { text: "status" })).body.result).toMatchObject({ text: "you said status", route: "reflex", calls: [] });
  });

  test("callers are told apart by their credential", async () => {
    await call("tools.call", { name: "x" }, bearer("operate", "cron"));
    expect(house.seen.at(-1)?.who).toMatchObject({ caller: { kind: "script", id: "cron", scope: "operate" }, via: "rpc" });
    await call("tools.call", { name: "x" });
    expect(house.seen.at(-1)?.who.caller).toMatchObject({ kind: "operator", id: "token:admin", scope: "admin" });
  });

  test("scope and operator-only are refused in their own words", async () => {
    const read = bearer("read", "reader");
    const operate = bearer("operate", "operator");
    const type = async (method: string, params: unknown, headers?: Record<string, string>) => (await call(method, params, headers)).body.error?.data.type ?? "ok";
    expect(await type("kill", {}, read)).toBe("scope");
    expect(await type("kill", {}, operate)).toBe("ok");
    expect(await type("release", {}, operate)).toBe("operator_only");
    expect(await type("release", {})).toBe("ok");
    expect(await type("autonomy.set", { mode: "observe" }, operate)).toBe("ok");
    expect(await type("autonomy.set", { mode: "act" }, operate)).toBe("operator_only");
    expect(await type("autonomy.set", { mode: "act" })).toBe("ok");
    expect(await type("asks.decide", { id: "a", decision: "reject" }, operate)).toBe("ok");
    expect(await type("asks.decide", { id: "a", decision: "approve" }, operate)).toBe("operator_only");
    expect(await type("tokens.new", { name: "n", scope: "read" })).toBe("operator_only");
    expect(await type("login.code", {})).toBe("operator_only");
  });
});

describe("what is no request never reaches a method", () => {
  const started = { jsonrpc: "2.0", id: 1, method: "tools.call" };

  test("no JSON is 400 with -32700", async () => {
    for (const text of ["", "{", "NaN", '{"a":NaN}', "{'a':1}", "[1,]", '{"a":"\\ud8"}'])
      expect(await post(text)).toMatchObject({ status: 400, body: { jsonrpc: "2.0", id: null, error: { code: -32700 } } });
    expect(await post(new Uint8Array([0x22, 0xff, 0xfe, 0x22]))).toMatchObject({ status: 400 });
  });

  test("deep, poisonous, doubled, broken, many and compressed input is 4xx, quickly, and pollutes nothing", async () => {
    const cases: [string, string | Uint8Array<ArrayBuffer>, Record<string, string>?][] = [
      ["depth 10,000", "[".repeat(10_000) + "]".repeat(10_000)],
      ["__proto__", '{"jsonrpc":"2.0","id":1,"method":"tools.call","params":{"name":"x","arguments":{"__proto__":{"polluted":1}}}}'],
      ["escaped __proto__", '{"a":{"\\u005f_proto__":{"polluted":1}}}'],
      ["constructor", '{"a":{"constructor":{"prototype":{"polluted":1}}}}'],
      ["a key twice", '{"a":1,"b":{"a":1},"a":2}'],
      ["half a character", '{"a":"\\ud800"}'],
      ["65,536 items", JSON.stringify({ ...started, params: { name: "x", arguments: Array.from({ length: 65_536 }, () => 0) } })],
      ["10 MiB", JSON.stringify({ text: "x".repeat(10 * 1024 * 1024) })],
      ["zip bomb", Bun.gzipSync(Buffer.alloc(1_000_000)), { "content-encoding": "gzip" }],
    ];
    for (const [what, body, headers] of cases) {
      const began = performance.now();
      const { status } = await post(body, headers);
      expect([what, status >= 400 && status < 500]).toEqual([what, true]);
      expect(performance.now() - began).toBeLessThan(1000);
    }
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  test("a body without a length is cut off at its bound with 413", async () => {
    const pieces = new ReadableStream({
      start: (stream) => {
        for (let n = 0; n < 40; n += 1) stream.enqueue(new TextEncoder().encode("x".repeat(64 * 1024)));
        stream.close();
      },
    });
    const response = await fetch(`${house.url}/api/v1/rpc`, { method: "POST", headers: { authorization: `Bearer ${ADMIN}` }, body: pieces });
    expect(response.status).toBe(413);
  });

  test("text that merely looks poisonous is fine", async () => {
    const { body } = await call("tools.call", { name: "x", arguments: { text: 'he said "__proto__": ok', list: ["constructor", "constructor"], a: { x: 1 }, b: { x: 1 } } });
    expect(body.result).toMatchObject({ state: "succeeded" });
  });
});

describe("rates", () => {
  test("a flooding token gets 429 with Retry-After, another token does not", async () => {
    const slow = await createHouse({ rate: 0.01 });
    const ask = (token: string) => fetch(`${slow.url}/readyz`, { headers: { authorization: `Bearer ${token}` } });
    const loud = slow.tokens.create("loud", "read").token;
    const statuses = new Set<number>();
    for (let n = 0; n < 22; n += 1) for (const response of await Promise.all(Array.from({ length: 50 }, () => ask(loud)))) statuses.add(response.status);
    expect([...statuses].sort()).toEqual([200, 429]);
    expect(Number((await ask(loud)).headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect((await ask(slow.tokens.create("quiet", "read").token)).status).toBe(200);
    await slow.close();
  });

  test("wrong tokens are slowed down, and a right one still works", async () => {
    const guessed = await createHouse();
    const ask = async (token: string) => (await fetch(`${guessed.url}/readyz`, { headers: { authorization: `Bearer ${token}` } })).status;
    const statuses = [];
    for (let n = 0; n < 100; n += 1) statuses.push(await ask(`jrv_wrong_${n}`));
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(statuses.at(-1)).toBe(429);
    expect(await ask(ADMIN)).toBe(200);
    await guessed.close();
  });
});

test("a method people expect is told by the one that does it, else by the nearest", () => {
  expect(() => methodNamed("calls.list")).toThrow("There is no method calls.list. journal.list does it.");
  expect(() => methodNamed("tools.lsit")).toThrow("There is no method tools.lsit. Did you mean tools.list?");
  expect(() => methodNamed("constructor")).toThrow("There is no method constructor.");
});
