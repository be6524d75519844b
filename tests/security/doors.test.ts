// Who is let in, at a real core without open mode: every credential alone, half and whole, at every door, and what each may never do.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "../core/http/support/client.ts";
import { rawHttp, statusOf } from "../core/http/support/raw.ts";
import { type House, startHouse } from "../support/living-house.ts";
import { bySession, bySocket, byToken, cli, type Reply, rpcOver, type Session, signIn } from "./doors.ts";

const SECRET = "an-admin-token-that-the-owner-wrote-down-0123456789";
let house: House;
beforeAll(async () => {
  house = await startHouse({
    speed: 10,
    config: (text) => text.replace(/open: true.*/, "open: false"),
    env: { JARVIS_ADMIN_TOKEN: SECRET },
  });
}, 60_000);
afterAll(async () => house?.stop());

const typeOf = (reply: Reply): string => reply.error?.data?.type ?? "answered";
const freshCode = async (): Promise<string> => (await house.rpc("login.code")).code;
const newSession = async (): Promise<Session> => {
  const signed = await signIn(house.url, await freshCode());
  if (!signed.session) throw new Error(signed.text);
  return signed.session;
};
const mint = async (name: string, scope: string): Promise<{ id: string; token: string }> => {
  const made = await cli(house.folder, ["token", "new", name, "--scope", scope, "--json"]);
  if (made.code !== 0) throw new Error(made.err);
  return JSON.parse(made.out);
};
const status = async (path: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<number> =>
  (await fetch(`${house.url}${path}`, { redirect: "manual", ...init, headers })).status;
const port = (): number => Number(new URL(house.url).port);

const READS = ["/readyz", "/metrics", "/api/openapi.json", "/api/asyncapi.json", "/api/v1/nothing", "/mcp", "/v1/models"];

describe("the one-time code", () => {
  test("opens one session, once", async () => {
    const code = await freshCode();
    expect((await signIn(house.url, code)).status).toBe(200);
    expect((await signIn(house.url, code)).status).toBe(401);
  });

  test("dies after five wrong tries, and a fresh one works after it", async () => {
    const code = await freshCode();
    for (let wrong = 0; wrong < 5; wrong += 1) expect((await signIn(house.url, `wrong-${wrong}`)).status).toBe(401);
    expect((await signIn(house.url, code)).status).toBe(401);
    expect((await signIn(house.url, await freshCode())).status).toBe(200);
  });

  test("is asked for: no code, an empty one and a token in its place are 401", async () => {
    for (const code of [undefined, "", SECRET.slice(0, 40)]) expect((await signIn(house.url, code)).status).toBe(401);
  });

  test("is taken from our own page only: without an Origin, or with another, 403", async () => {
    const body = JSON.stringify({ code: await freshCode() });
    const post = (headers: Record<string, string>): Promise<number> => status("/api/v1/session", { "content-type": "application/json", ...headers }, { method: "POST", body });
    expect(await post({})).toBe(403);
    expect(await post({ origin: "http://evil.example" })).toBe(403);
    expect(await post({ origin: "null" })).toBe(403);
    expect(await post({ origin: house.url })).toBe(200);
  });
});

describe("half a session", () => {
  test("the cookie alone reads nothing, the key alone reads nothing, nor do two halves of two sessions", async () => {
    const [one, two] = [await newSession(), await newSession()];
    const halves: Record<string, string>[] = [
      { cookie: one.cookie, origin: house.url },
      { cookie: one.cookie },
      { "x-jarvis-key": one.key, origin: house.url },
      { cookie: one.cookie, "x-jarvis-key": two.key, origin: house.url },
      { cookie: one.cookie, "x-jarvis-key": "", origin: house.url },
      { cookie: one.cookie, authorization: `Bearer ${one.key}`, origin: house.url },
      { authorization: `Bearer ${one.cookie.split("=")[1]}` },
    ];
    for (const headers of halves) {
      for (const path of READS) expect([path, await status(path, headers)]).toEqual([path, 401]);
      expect(typeOf(await rpcOver({ url: house.url, headers })("state.get"))).toBe("unauthorised");
    }
    expect(typeOf(await bySession(house.url, one)("state.get"))).toBe("answered");
  });

  test("the same at the WebSocket: closed with 4401, and no frame but hello and the refusal", async () => {
    const session = await newSession();
    const { host } = new URL(house.url);
    for (const [headers, auth] of [
      [{ cookie: session.cookie, origin: house.url }, {}],
      [{ origin: house.url }, { key: session.key }],
      [{ cookie: session.cookie }, { key: session.key }],
      [{ cookie: session.cookie, origin: house.url }, { token: session.key }],
    ] as const) {
      const client = await connect(host, { headers });
      client.raw(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "state.get", params: {} }));
      client.raw(JSON.stringify({ jsonrpc: "2.0", id: 2, method: "auth", params: auth }));
      expect((await client.ended()).code).toBe(4401);
      expect(client.messages.filter(({ result }) => result !== undefined)).toEqual([]);
    }
  });

  test("a signed-out session opens nothing any more", async () => {
    const session = await newSession();
    const { client } = await bySocket(house.url, session);
    const headers = { cookie: session.cookie, "x-jarvis-key": session.key, origin: house.url };
    expect(await status("/api/v1/session", headers, { method: "DELETE" })).toBe(200);
    expect((await client.ended()).code).toBe(4401);
    expect(typeOf(await bySession(house.url, session)("state.get"))).toBe("unauthorised");
  });
});

describe("without any credential", () => {
  test("only the page, healthz, sign-in and the upgrade answer; healthz tells no version and no name", async () => {
    for (const path of READS)
      for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH"]) expect([method, path, await status(path, {}, { method })]).toEqual([method, path, 401]);
    expect(typeOf(await rpcOver({ url: house.url, headers: {} })("status"))).toBe("unauthorised");
    const health = await fetch(`${house.url}/healthz`);
    expect(health.status).toBe(200);
    expect(await health.text()).not.toMatch(/version|\d+\.\d+\.\d+|nextcloud|pve/i);
  });

  test("a token in the URL, in a cookie or under another header's name is no token", async () => {
    const spots: [string, Record<string, string>][] = [
      [`/metrics?token=${SECRET}`, {}],
      [`/metrics?access_token=${SECRET}&key=${SECRET}`, {}],
      ["/metrics", { "x-api-key": SECRET }],
      ["/metrics", { "x-jarvis-key": SECRET, origin: house.url }],
      ["/metrics", { cookie: `jarvis_${port()}=${SECRET}`, origin: house.url }],
      ["/metrics", { authorization: `Basic ${btoa(`admin:${SECRET}`)}` }],
      ["/metrics", { authorization: SECRET }],
      ["/metrics", { authorization: `Bearer ${SECRET}x` }],
      ["/metrics", { authorization: `Bearer ${house.lab.line.pve.tokens.act}` }],
    ];
    for (const [path, headers] of spots) expect([path, Object.keys(headers), await status(path, headers)]).toEqual([path, Object.keys(headers), 401]);
    expect(await status("/metrics", { authorization: `Bearer ${SECRET}` })).toBe(200);
    const upgrade = await connect(`${new URL(house.url).host}`, {});
    upgrade.close();
    const asked = await rawHttp(port(), `GET /api/v1/ws?token=${SECRET} HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nConnection: close\r\n\r\n`);
    expect(statusOf(asked)).toBe(400);
    expect(house.errors()).not.toContain(SECRET);
  });
});

describe("tokens", () => {
  test("by scope: read looks, operate acts and lowers, admin is the operator but mints nothing", async () => {
    const does = async (token: string): Promise<string[]> => {
      const rpc = byToken(house.url, token);
      const tries: [string, unknown][] = [
        ["state.get", {}],
        ["journal.list", {}],
        ["autonomy.set", { mode: "propose" }],
        ["kill", { level: "pause" }],
        ["autonomy.set", { mode: "act" }],
        ["release", {}],
        ["tokens.new", { name: "stolen", scope: "admin" }],
        ["tokens.list", {}],
        ["tokens.revoke", { id: "cli" }],
        ["login.code", {}],
      ];
      const said: string[] = [];
      for (const [method, params] of tries) said.push(`${method} ${typeOf(await rpc(method, params))}`);
      await house.rpc("release");
      await house.rpc("autonomy.set", { mode: "act" });
      return said;
    };
    const only = ["tokens.new", "tokens.list", "tokens.revoke", "login.code"].map((method) => `${method} operator_only`);
    expect(await does((await mint("looker", "read")).token)).toEqual([
      "state.get answered",
      "journal.list answered",
      "autonomy.set scope",
      "kill scope",
      // The mode is act already, so this raises nothing: it is the scope that is missing.
      "autonomy.set scope",
      "release operator_only",
      ...only,
    ]);
    const operates = ["state.get answered", "journal.list answered", "autonomy.set answered", "kill answered", "autonomy.set operator_only", "release operator_only", ...only];
    expect(await does((await mint("script", "operate")).token)).toEqual(operates);
    const admin = ["state.get answered", "journal.list answered", "autonomy.set answered", "kill answered", "autonomy.set answered", "release answered", ...only];
    expect(await does((await mint("owner", "admin")).token)).toEqual(admin);
    expect(await does(SECRET)).toEqual(admin);
    expect(await does(readFileSync(join(house.folder, "cli.token"), "utf8").trim())).toEqual(admin);
  });

  test("a session may do all of it while it is fresh, and so may the control socket", async () => {
    const rpc = bySession(house.url, await newSession());
    for (const [method, params] of [
      ["kill", {}],
      ["release", {}],
      ["autonomy.set", { mode: "propose" }],
      ["autonomy.set", { mode: "act" }],
      ["tokens.list", {}],
      ["login.code", {}],
    ] as const)
      expect([method, typeOf(await rpc(method, params))]).toEqual([method, "answered"]);
    for (const name of ["cli.token", "run.json"]) expect(statSync(join(house.folder, name)).mode & 0o077).toBe(0);
  });

  test("revoking one closes its sockets with 4401 within a second, and nobody else's", async () => {
    const [gone, stays] = [await mint("leaver", "operate"), await mint("stayer", "read")];
    const sockets = await Promise.all([gone, gone, gone].map(({ token }) => bySocket(house.url, { token })));
    const other = await bySocket(house.url, { token: stays.token });
    const begun = performance.now();
    expect((await cli(house.folder, ["token", "revoke", gone.id])).code).toBe(0);
    const revokedMs = performance.now();
    for (const { client } of sockets) expect((await client.ended()).code).toBe(4401);
    expect(performance.now() - Math.max(begun, revokedMs)).toBeLessThan(1000);
    expect(typeOf(await byToken(house.url, gone.token)("state.get"))).toBe("unauthorised");
    expect(typeOf(await other.rpc("time.sync"))).toBe("answered");
    other.client.close();
  });

  test("JARVIS_ADMIN_TOKEN may stand in a file; the command line uses it where there is no control socket", async () => {
    const file = join(house.folder, "admin.secret");
    writeFileSync(file, `${SECRET}\n`, { mode: 0o600 });
    const away = { JARVIS_DATA: join(house.folder, "elsewhere"), JARVIS_HOST: "127.0.0.1", JARVIS_PORT: String(port()) };
    const listed = await cli(house.folder, ["status", "--json"], { ...away, JARVIS_ADMIN_TOKEN_FILE: file });
    expect([listed.code, listed.err]).toEqual([0, ""]);
    expect((await cli(house.folder, ["token", "new", "more", "--scope", "admin"], { ...away, JARVIS_ADMIN_TOKEN_FILE: file })).code).toBe(77);
    expect((await cli(house.folder, ["status"], { ...away, JARVIS_ADMIN_TOKEN: "wrong" })).code).toBe(77);
    expect((await cli(house.folder, ["status"], away)).code).toBe(69);
    expect((await cli(house.folder, ["status"], { ...away, JARVIS_ADMIN_TOKEN_FILE: join(house.folder, "gone") })).code).toBe(78);
  });
});

describe("a read token", () => {
  test("changes nothing by any door, in its own words to Jarvis neither", async () => {
    const { token } = await mint("asker", "read");
    const before = await house.lab.effects();
    const rpc = byToken(house.url, token);
    const { rpc: onSocket, client } = await bySocket(house.url, { token });
    const stop = { name: "proxmox_guest_stop", arguments: { vmid: 105 } };
    for (const way of [rpc, onSocket]) expect((await way("tools.call", stop)).result).toMatchObject({ state: "refused", rule: "scope" });
    for (const text of ["restart jellyfin", "stop jellyfin", "/restart jellyfin", "please restart guest/105"]) await rpc("chat.send", { text });
    expect((await rpc("tools.call", { name: "lab_fault_break", arguments: { name: "guest-crash", target: "guest/101" } })).result).toMatchObject({ state: "refused" });
    const cli401 = await cli(house.folder, ["call", "proxmox_guest_stop", '{"vmid":105}'], {
      JARVIS_DATA: join(house.folder, "elsewhere"),
      JARVIS_HOST: "127.0.0.1",
      JARVIS_PORT: String(port()),
      JARVIS_ADMIN_TOKEN: token,
    });
    expect(cli401.code).toBe(2);
    expect(await house.lab.effects()).toEqual(before);
    const { calls } = await house.rpc("journal.list", { limit: 1000 });
    expect(calls.filter(({ caller, state }) => caller.id === "asker" && state !== "refused")).toEqual([]);
    client.close();
  }, 20_000);

  test("hears only channels that there are; an odd one is refused and the socket stays", async () => {
    const { rpc, client } = await bySocket(house.url, { token: (await mint("listener", "read")).token });
    for (const channel of ["journal.secrets", "../core/status", "core//status", "core/status/../asks", "/core/status", "core/nothing", "", "*".repeat(201), "core/\u0000status"])
      expect([channel, typeOf(await rpc("channels.subscribe", { channel }))]).not.toEqual([channel, "answered"]);
    expect(typeOf(await rpc("channels.subscribe", { channel: "core/status" }))).toBe("answered");
    expect(client.closed()).toBeUndefined();
    client.close();
  });
});

describe("a foreign name", () => {
  const paths = ["/", "/healthz", "/metrics", "/api/v1/rpc", "/api/v1/session", "/api/v1/ws", "/nothing.js"];
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const knock = async (path: string, lines: string): Promise<number> =>
    statusOf(await rawHttp(port(), `GET ${path} HTTP/1.1\r\n${lines}Authorization: Bearer ${SECRET}\r\n${path === "/api/v1/ws" ? upgrade : "Connection: close\r\n"}\r\n`));

  test("in Host is refused everywhere, the upgrade included, whoever knocks", async () => {
    const hosts = [
      "evil.example",
      `127.0.0.1.nip.io:${port()}`,
      `localhost.evil.example:${port()}`,
      "127.0.0.1",
      "127.0.0.1:1",
      `evil.example\r\nX-Forwarded-Host: 127.0.0.1:${port()}`,
    ];
    for (const host of hosts) for (const path of paths) expect([host, path, await knock(path, `Host: ${host}\r\n`)]).toEqual([host, path, 403]);
    for (const path of paths) expect([400, 403]).toContain(await knock(path, `Host: 127.0.0.1:${port()}\r\nHost: evil.example\r\n`));
  }, 20_000);

  test("in Origin is refused everywhere, the upgrade included, whoever knocks", async () => {
    const own = `127.0.0.1:${port()}`;
    const origins = [
      "http://evil.example",
      "null",
      `https://${own}`,
      `http://${own}.evil.example`,
      `http://${own}@evil.example`,
      "http://127.0.0.1",
      `http://127.0.0.1:${port() + 1}`,
      "",
    ];
    for (const origin of origins) for (const path of paths) expect([origin, path, await knock(path, `Host: ${own}\r\nOrigin: ${origin}\r\n`)]).toEqual([origin, path, 403]);
  }, 20_000);
});
