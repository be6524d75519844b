// POST /api/v1/rpc: each HTTP status of the contract, by what brings it about; the body is always JSON-RPC and nothing reached a method.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import { ADMIN, createHouse, type House } from "./support/house.ts";

const Envelope = z.strictObject({
  jsonrpc: z.literal("2.0"),
  id: z.null(),
  error: z.object({ code: z.number(), message: z.string().min(5), data: z.looseObject({ type: z.string(), fault: z.string(), retryable: z.boolean() }) }),
});
const GOOD = '{"jsonrpc":"2.0","id":1,"method":"tools.call","params":{"name":"x"}}';
const bearer = { authorization: `Bearer ${ADMIN}` };
const MEBIBYTE = 1024 * 1024;
let house: House;
beforeAll(async () => {
  house = await createHouse();
});
afterAll(() => house.close());

const post = (at: House, headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer> = GOOD) => fetch(`${at.url}/api/v1/rpc`, { method: "POST", headers, body });
const told = async (response: Response) => {
  const { error } = Envelope.parse(await response.json());
  return [response.status, error.code, error.data.type];
};

describe("the status of POST /api/v1/rpc", () => {
  test.each<[string, Record<string, string>, string | Uint8Array<ArrayBuffer>, [number, number, string]]>([
    ["no body", bearer, "", [400, -32700, "parse"]],
    ["no JSON", bearer, "tools.list", [400, -32700, "parse"]],
    ["half of a request", bearer, GOOD.slice(0, -1), [400, -32700, "parse"]],
    ["bytes that are no UTF-8", bearer, new Uint8Array([0x22, 0xff, 0x22]), [400, -32700, "parse"]],
    ["a compressed body", { ...bearer, "content-encoding": "gzip" }, Bun.gzipSync(Buffer.from(GOOD)), [400, -32600, "invalid_request"]],
    ["no credential", {}, GOOD, [401, -32001, "unauthorised"]],
    ["an unknown token", { authorization: "Bearer jrv_nobody_knows_this_one_0123456789" }, GOOD, [401, -32001, "unauthorised"]],
    ["a credential of another kind", { authorization: "Basic YWRtaW46YWRtaW4=" }, GOOD, [401, -32001, "unauthorised"]],
    ["a foreign Host", { ...bearer, host: "evil.example" }, GOOD, [403, -32003, "scope"]],
    ["our name with another port", { ...bearer, host: "127.0.0.1:1" }, GOOD, [403, -32003, "scope"]],
    ["a foreign Origin", { ...bearer, origin: "https://evil.example" }, GOOD, [403, -32003, "scope"]],
    ["the Origin null of a sandboxed page", { ...bearer, origin: "null" }, GOOD, [403, -32003, "scope"]],
    ["a session without an Origin", { cookie: "jarvis_PORT=x", "x-jarvis-key": "y" }, GOOD, [403, -32003, "scope"]],
    ["a body over 1 MiB", bearer, `"${"x".repeat(MEBIBYTE)}"`, [413, -32602, "too_large"]],
    ["no credential and no JSON: who asks comes first", {}, "nonsense", [401, -32001, "unauthorised"]],
    ["a foreign Host and no credential: where it came from comes first", { host: "evil.example" }, "nonsense", [403, -32003, "scope"]],
  ])("for %s", async (_, headers, body, expected) => {
    const before = house.seen.length;
    const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace("PORT", String(house.port))]));
    expect(await told(await post(house, filled, body))).toEqual(expected);
    expect(house.seen.length).toBe(before);
  });

  test("for a body of exactly 1 MiB is 200, whatever the content-type says", async () => {
    const padded = GOOD.padEnd(MEBIBYTE, " ");
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense"])
      expect((await post(house, { ...bearer, "content-type": type }, padded)).status).toBe(200);
  });

  test("for one credential that asks too often is 429, saying when to come again", async () => {
    const slow = await createHouse({ rate: 0.01 });
    const ask = async (round: number): Promise<Response> => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => post(slow, bearer)));
      const refused = answers.find(({ status }) => status !== 200);
      if (refused === undefined && round === 0) throw new Error("2000 requests at once were all answered");
      return refused ?? ask(round - 1);
    };
    const last = await ask(40);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(await told(last)).toEqual([429, -32029, "rate"]);
    await slow.close();
  });

  test("before Jarvis is ready is 503, saying when to come again, for whoever asks", async () => {
    const starting = await createHouse({ ready: false });
    for (const headers of [bearer, {}]) {
      const response = await post(starting, headers);
      expect(response.headers.get("retry-after")).toBe("1");
      expect(await told(response)).toEqual([503, -32011, "unavailable"]);
    }
    await starting.close();
  });
});
