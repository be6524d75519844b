// Who is let in: Host and Origin tables, and every route against every credential.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ROUTES } from "../../../core/http/routes.ts";
import { ADMIN, createHouse, type House } from "./support/house.ts";
import { rawHttp, statusOf } from "./support/raw.ts";

let house: House;
beforeAll(async () => {
  house = await createHouse();
});
afterAll(() => house.close());

const upgradeHeaders = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const knock = async (path: string, hostLine: string, more = ""): Promise<number> => statusOf(await rawHttp(house.port, `GET ${path} HTTP/1.1\r\n${hostLine}${more}\r\n`));

describe("Hosts", () => {
  const foreign = (port: number): [string, string][] => [
    ["another name", "Host: evil.example\r\n"],
    ["our name as a prefix", `Host: jarvis.lan.evil.example:${port}\r\n`],
    ["a name that resolves to us", `Host: 127.0.0.1.nip.io:${port}\r\n`],
    ["our name without our port", "Host: jarvis.lan\r\n"],
    ["another port", "Host: 127.0.0.1:1\r\n"],
    ["two of them", `Host: 127.0.0.1:${port}\r\nHost: evil.example\r\n`],
    ["a foreign one with a forwarded good one", `Host: evil.example\r\nX-Forwarded-Host: jarvis.lan:${port}\r\n`],
    ["a name with a dot at its end", `Host: localhost.:${port}\r\n`],
    ["a user part", `Host: 127.0.0.1:${port}@evil.example\r\n`],
  ];

  test("are refused with 403 on every kind of path unless they are exactly ours", async () => {
    for (const path of ["/", "/healthz", "/api/v1/rpc", "/metrics", "/mcp"])
      for (const [what, line] of foreign(house.port)) expect([what, path, await knock(path, line)]).toEqual([what, path, 403]);
  });

  test("are refused at the upgrade, with no frame sent", async () => {
    for (const [, line] of foreign(house.port)) {
      const answer = await rawHttp(house.port, `GET /api/v1/ws HTTP/1.1\r\n${line}${upgradeHeaders}\r\n`);
      expect(statusOf(answer)).toBe(403);
      expect(answer).not.toContain("hello");
    }
  });

  test("missing is refused", async () => {
    expect(await knock("/healthz", "")).toBe(400);
  });

  test("of our own are let in", async () => {
    for (const host of ["127.0.0.1", "localhost", "[::1]", "jarvis.lan", "JARVIS.LAN"]) expect(await knock("/healthz", `Host: ${host}:${house.port}\r\n`)).toBe(200);
  });

  test("that a proxy forwards count only from a proxy that is listed", async () => {
    const proxied = await createHouse({ trustProxy: ["127.0.0.1"] });
    const ask = async (headers: Record<string, string>) => (await fetch(`${proxied.url}/healthz`, { headers })).status;
    expect(await ask({ "x-forwarded-host": "jarvis.lan", "x-forwarded-proto": "https", origin: "https://jarvis.lan" })).toBe(200);
    expect(await ask({ "x-forwarded-host": "evil.example" })).toBe(403);
    await proxied.close();
  });
});

describe("Origins", () => {
  const foreign = (port: number): string[] => [
    "http://evil.example",
    "null",
    `http://jarvis.lan.evil.example:${port}`,
    "http://jarvis.lan@evil.example",
    `https://127.0.0.1:${port}`,
    "http://127.0.0.1:1",
    "http://jarvis.lan",
    `http://127.0.0.1:${port}/`,
    "",
  ];

  test("that are foreign are 403 everywhere, a good token or none", async () => {
    for (const origin of foreign(house.port))
      for (const { method, path } of [...ROUTES, { method: "GET", path: "/" }] as const)
        for (const headers of [{ origin }, { origin, authorization: `Bearer ${ADMIN}` }]) {
          const response = await fetch(`${house.url}${path}`, { method, headers });
          expect([origin, path, response.status]).toEqual([origin, path, 403]);
        }
  });

  test("that are foreign end a WebSocket before its first frame", async () => {
    for (const origin of foreign(house.port)) {
      const answer = await rawHttp(house.port, `GET /api/v1/ws HTTP/1.1\r\nHost: ${house.host}\r\nOrigin: ${origin}\r\n${upgradeHeaders}\r\n`);
      expect([origin, statusOf(answer)]).toEqual([origin, 403]);
    }
  });

  test("that are ours are let in", async () => {
    for (const host of [house.host, `localhost:${house.port}`, `jarvis.lan:${house.port}`])
      expect((await fetch(`${house.url}/readyz`, { headers: { origin: `http://${host}`, authorization: `Bearer ${ADMIN}` } })).status).toBe(200);
  });

  test("that are absent are never enough to sign in", async () => {
    const open = await createHouse({ open: true });
    expect((await fetch(`${open.url}/api/v1/session`, { method: "POST" })).status).toBe(403);
    expect((await fetch(`${open.url}/api/v1/session`, { method: "POST", headers: { origin: open.url } })).status).toBe(200);
    await open.close();
  });
});

describe("every route against every credential", () => {
  const bodies: Record<string, string> = { "/api/v1/rpc": '{"jsonrpc":"2.0","id":1,"method":"time.sync"}' };
  const ask = async (route: { method: string; path: string }, headers: Record<string, string>, query = ""): Promise<number> => {
    const body = route.method === "POST" ? { body: bodies[route.path] ?? "{}" } : {};
    return (await fetch(`${house.url}${route.path}${query}`, { method: route.method, headers: { origin: house.url, ...headers }, ...body })).status;
  };

  test("nobody is let in but where the list says so", async () => {
    const session = house.sessions.create();
    const nobody: [string, Record<string, string>, string?][] = [
      ["none", {}],
      ["a made-up token", { authorization: "Bearer jrv_nothing" }],
      ["a token of another service", { authorization: "PVEAPIToken=jarvis@pve!observe=1" }],
      ["basic", { authorization: `Basic ${btoa(`admin:${ADMIN}`)}` }],
      ["another header", { "x-api-key": ADMIN }],
      ["a query", {}, `?token=${ADMIN}`],
      ["the cookie alone", { cookie: `jarvis_${house.port}=${session.cookie}` }],
      ["the key alone", { "x-jarvis-key": session.key }],
      ["a cookie with another key", { cookie: `jarvis_${house.port}=${session.cookie}`, "x-jarvis-key": "wrong" }],
    ];
    const expected: Record<string, number> = { "GET /healthz": 200, "POST /api/v1/session": 401, "GET /api/v1/ws": 400 };
    for (const route of ROUTES)
      for (const [what, headers, query] of nobody) {
        const name = `${route.method} ${route.path}`;
        expect([what, name, await ask(route, headers, query)]).toEqual([what, name, expected[name] ?? 401]);
      }
  });

  test("read, operate, admin and a whole session are let in everywhere", async () => {
    const made = house.sessions.create();
    const known: [string, Record<string, string>][] = [
      ["read", { authorization: `Bearer ${house.tokens.create("r", "read").token}` }],
      ["operate", { authorization: `Bearer ${house.tokens.create("o", "operate").token}` }],
      ["admin", { authorization: `Bearer ${ADMIN}` }],
      ["session", { cookie: `other=1; jarvis_${house.port}=${made.cookie}`, "x-jarvis-key": made.key }],
    ];
    const expected: Record<string, number> = { "POST /api/v1/session": 401, "GET /api/v1/ws": 400, "POST /v1/chat/completions": 400 };
    for (const [what, headers] of known)
      for (const route of ROUTES) {
        const name = `${route.method} ${route.path}`;
        const isSignOut = name === "DELETE /api/v1/session";
        const status = isSignOut ? 400 : (expected[name] ?? 200);
        if (isSignOut && what === "session") continue;
        expect([what, name, await ask(route, headers)]).toEqual([what, name, status]);
      }
  });

  test("other methods and unknown paths below /api, /v1 and /mcp tell a stranger nothing", async () => {
    for (const path of ["/api", "/api/v2/x", "/v1/chat/completions", "/mcp", "/metrics/x", "/api/v1/rpc/"])
      for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) expect([path, method, await ask({ method, path }, {})]).toEqual([path, method, 401]);
    const admin = { authorization: `Bearer ${ADMIN}` };
    expect(await ask({ method: "PUT", path: "/api/v1/rpc" }, admin)).toBe(405);
    expect(await ask({ method: "GET", path: "/api/v2" }, admin)).toBe(404);
  });

  test("a session without an Origin is refused, a token without one is not", async () => {
    const made = house.sessions.create();
    const headers = { cookie: `jarvis_${house.port}=${made.cookie}`, "x-jarvis-key": made.key };
    expect((await fetch(`${house.url}/readyz`, { headers })).status).toBe(403);
    expect((await fetch(`${house.url}/readyz`, { headers: { ...headers, origin: house.url } })).status).toBe(200);
    expect((await fetch(`${house.url}/readyz`, { headers: { authorization: `Bearer ${ADMIN}` } })).status).toBe(200);
  });

  test("every answer carries the security headers, and every error the one shape", async () => {
    for (const [path, status] of [
      ["/healthz", 200],
      ["/readyz", 401],
      ["/nothing", 404],
    ] as const) {
      const response = await fetch(`${house.url}${path}`);
      expect(response.status).toBe(status);
      expect(response.headers.get("content-security-policy")).toContain("default-src 'self'");
      expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      for (const name of ["x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "cross-origin-resource-policy"]) expect(response.headers.has(name)).toBe(true);
      if (status >= 400)
        expect(await response.json()).toMatchObject({ code: expect.any(Number), message: expect.any(String), data: { type: expect.any(String), fault: "caller" } });
    }
  });

  test("while starting everything but /healthz is 503", async () => {
    const starting = await createHouse({ ready: false });
    expect((await fetch(`${starting.url}/healthz`)).status).toBe(200);
    for (const path of ["/", "/readyz", "/api/v1/rpc", "/api/v1/ws"])
      expect((await fetch(`${starting.url}${path}`, { headers: { authorization: `Bearer ${ADMIN}` } })).status).toBe(503);
    await starting.close();
  });
});
