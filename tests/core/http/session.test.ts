// Signing in: one-time codes, sessions of a cookie and a key, fresh proof for the operator's acts, tokens.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeCliToken } from "../../../core/http/cli-token.ts";
import { createCodes } from "../../../core/http/codes.ts";
import { createClock } from "../../../core/lib/clock.ts";
import { connect } from "./support/client.ts";
import { createHouse, type House } from "./support/house.ts";

let house: House;
beforeAll(async () => {
  house = await createHouse();
});
afterAll(() => house.close());

const LoggedIn = z.object({ key: z.string(), scope: z.literal("admin"), expiresAt: z.string() });
const signIn = (at: House, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${at.url}/api/v1/session`, { method: "POST", headers: { origin: at.url, ...headers }, body: JSON.stringify(body) });
const whole = async (at: House, response: Response) => {
  const { key } = LoggedIn.parse(await response.json());
  const cookie = response.headers.get("set-cookie") ?? "";
  return { cookie, headers: { origin: at.url, cookie: cookie.split(";")[0] ?? "", "x-jarvis-key": key }, key };
};
const rpc = async (at: House, headers: Record<string, string>, method: string, params: unknown = {}) => {
  const response = await fetch(`${at.url}/api/v1/rpc`, { method: "POST", headers, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
  return z.looseObject({ result: z.looseObject({}).optional(), error: z.looseObject({ data: z.looseObject({ type: z.string() }) }).optional() }).parse(await response.json());
};

describe("a one-time code", () => {
  test("opens one session: a cookie no script reads, and a key", async () => {
    const { code } = house.server.loginCode();
    const response = await signIn(house, { code });
    expect(response.status).toBe(200);
    const { cookie, headers } = await whole(house, response);
    expect(cookie).toMatch(/^jarvis_\d+=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=\d+$/);
    expect((await rpc(house, headers, "time.sync")).result).toBeDefined();
    expect((await signIn(house, { code })).status).toBe(401);
  });

  test("is typed in any case and with or without its hyphen", async () => {
    const { code } = house.server.loginCode();
    expect((await signIn(house, { code: ` ${code.toLowerCase().replace("-", "")} ` })).status).toBe(200);
  });

  test("dies after 5 wrong tries and after 10 minutes", () => {
    let nowMs = 0;
    const codes = createCodes({ clock: { ...createClock(), now: () => nowMs } });
    const { code } = codes.issue();
    for (let n = 0; n < 5; n += 1) expect(codes.redeem("WRONG")).toBe(false);
    expect(codes.redeem(code)).toBe(false);
    const late = codes.issue();
    nowMs = 10 * 60_000;
    expect(codes.redeem(late.code)).toBe(false);
    const good = codes.issue();
    for (let n = 0; n < 4; n += 1) codes.redeem("WRONG");
    expect(codes.redeem(good.code)).toBe(true);
  });

  test("cannot be guessed quickly", async () => {
    const guessed = await createHouse();
    const statuses = [];
    for (let n = 0; n < 14; n += 1) statuses.push((await signIn(guessed, { code: `AAAA-${n}` })).status);
    expect(statuses[0]).toBe(401);
    const last = await signIn(guessed, { code: "AAAA-BBBB" });
    expect([last.status, Number(last.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect((await signIn(guessed, { code: guessed.server.loginCode().code })).status).toBe(200);
    await guessed.close();
  });

  test("that is missing or no text is refused with words", async () => {
    expect((await signIn(house, {})).status).toBe(401);
    expect((await signIn(house, { code: 5 })).status).toBe(400);
  });
});

describe("a session", () => {
  test("works on the socket with the cookie at the upgrade and the key in auth", async () => {
    const { headers, key } = await whole(house, await signIn(house, { code: house.server.loginCode().code }));
    const client = await connect(house.host, { headers: { cookie: headers.cookie, origin: house.url } });
    expect((await client.request("auth", { key })).result).toEqual({ scope: "admin", caller: { kind: "operator", id: "dashboard", scope: "admin", tainted: false } });
    expect((await fetch(`${house.url}/api/v1/session`, { method: "DELETE", headers })).status).toBe(200);
    expect((await client.ended()).code).toBe(4401);
    expect((await fetch(`${house.url}/readyz`, { headers })).status).toBe(401);
  });

  test("may do the operator's acts for 5 minutes, then again after a fresh code, on its open socket too", async () => {
    const fast = await createHouse({ rate: 600 });
    const { headers, key } = await whole(fast, await signIn(fast, { code: fast.server.loginCode().code }));
    const client = await connect(fast.host, { headers: { cookie: headers.cookie, origin: fast.url } });
    await client.request("auth", { key });
    expect((await client.request("release")).result).toBeDefined();
    await fast.clock.pause(5.2 * 60_000);
    expect((await client.request("release")).error).toMatchObject({ data: { type: "operator_only" }, message: expect.stringContaining("./jarvis login") });
    expect((await client.request("kill")).result).toBeDefined();
    const again = await signIn(fast, { code: fast.server.loginCode().code }, headers);
    expect((await whole(fast, again)).key).toBe(key);
    expect((await client.request("release")).result).toBeDefined();
    expect((await client.request("tokens.new", { name: "made", scope: "admin" })).result).toMatchObject({ scope: "admin", token: expect.stringMatching(/^jrv_/) });
    await fast.close();
  });

  test("of an open server needs only our own Origin and counts as fresh always", async () => {
    const open = await createHouse({ open: true, rate: 600 });
    const { headers } = await whole(open, await fetch(`${open.url}/api/v1/session`, { method: "POST", headers: { origin: open.url } }));
    await open.clock.pause(6 * 60_000);
    expect((await rpc(open, headers, "release")).result).toBeDefined();
    await open.close();
  });
});

describe("tokens", () => {
  test("are random, stored only as a hash, listed without their secret, revoked by id or name", async () => {
    const { headers } = await whole(house, await signIn(house, { code: house.server.loginCode().code }));
    const { result } = await rpc(house, headers, "tokens.new", { name: "ci", scope: "operate" });
    const token = z.string().parse(result?.token);
    expect(Buffer.from(token.slice(4), "base64url").byteLength * 8).toBeGreaterThanOrEqual(128);
    expect(Buffer.from(house.database.sqlite.serialize()).includes(token)).toBe(false);
    expect(JSON.stringify(await rpc(house, headers, "tokens.list"))).not.toContain(token);
    expect((await rpc(house, headers, "tokens.new", { name: "ci", scope: "read" })).error?.data.type).toBe("bad_input");
    expect((await rpc(house, headers, "tokens.new", { name: "cli", scope: "read" })).error?.data.type).toBe("bad_input");
    expect((await rpc(house, headers, "tokens.revoke", { id: "ci" })).result).toEqual({ revoked: true });
    expect((await rpc(house, headers, "tokens.revoke", { id: "ci" })).error?.data.type).toBe("not_found");
    expect((await fetch(`${house.url}/readyz`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });

  test("of the CLI are made anew at each start in a file only the owner reads", async () => {
    const path = join(house.folder, "cli.token");
    const ready = async (token: string) => (await fetch(`${house.url}/readyz`, { headers: { authorization: `Bearer ${token}` } })).status;
    writeCliToken(house.tokens, path);
    const first = (await Bun.file(path).text()).trim();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await ready(first)).toBe(200);
    writeCliToken(house.tokens, path);
    const second = (await Bun.file(path).text()).trim();
    expect([await ready(first), await ready(second)]).toEqual([401, 200]);
  });
});
