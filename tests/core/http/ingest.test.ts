// What is pushed to a plugin: let in by the plugin's own secret alone, within size, rate and number, from our own Host; nothing is taken for a plugin that takes nothing.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Sent } from "../../../core/contract/ingest.ts";
import { createServer } from "../../../core/http/server.ts";
import { createHub } from "../../../core/live/hub.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createSessionStore } from "../../../core/store/sessions.ts";
import { createTokenStore } from "../../../core/store/tokens.ts";
import { createManualClock } from "../../support/clock.ts";
import { ADMIN, fakeCore } from "./support/house.ts";

const SECRET = "a-long-secret-of-the-plugin";
const MIB = 1024 * 1024;

describe("what is pushed", () => {
  const clock = createManualClock();
  const opened = openDatabase({ path: ":memory:", migrationsFolder: join(import.meta.dir, "../../../core/store/migrations/jarvis"), synchronous: "NORMAL" });
  const taken: Sent[] = [];
  let hold: Promise<void> = Promise.resolve();
  const server = createServer({
    settings: { host: "127.0.0.1", port: 5278, names: ["jarvis.lan"], trustProxy: [], open: false },
    core: {
      ...fakeCore([]),
      intake: (plugin) =>
        plugin === "farm"
          ? {
              secret: SECRET,
              take: async (sent) => {
                taken.push(sent);
                await hold;
                return { taken: 1, left: 0 };
              },
            }
          : undefined,
    },
    hub: createHub({ clock, epoch: "e" }),
    tokens: createTokenStore({ database: opened.database, clock }),
    sessions: createSessionStore({ database: opened.database, clock }),
    adminToken: ADMIN,
    clock,
    version: "0",
    log: () => undefined,
  });
  beforeAll(() => server.ready());
  beforeEach(async () => {
    taken.length = 0;
    await clock.advance(120_000);
  });
  afterAll(() => opened.close());

  type Push = { method?: string; headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer>; token?: string | null; path?: string };
  const push = ({ method = "POST", headers = {}, body = "a b=1", token = SECRET, path = "farm/api/v2/write?org=x&bucket=y" }: Push = {}): Promise<Response> =>
    server.handle(
      new Request(`http://127.0.0.1:5278/api/v1/ingest/${path}`, {
        method,
        headers: { host: "127.0.0.1:5278", "content-type": "text/plain; charset=utf-8", ...(token === null ? {} : { authorization: `Token ${token}` }), ...headers },
        ...(method === "GET" ? {} : { body }),
      }),
    );

  test("comes to its plugin with its path, its kind and its text, by Token or Bearer, plain or gzip", async () => {
    expect((await push()).status).toBe(204);
    const zipped = await push({
      path: "farm/v1/metrics",
      body: new Uint8Array(gzipSync('{"ä": 1}')),
      headers: { authorization: `Bearer ${SECRET}`, "content-type": "application/json", "content-encoding": "gzip" },
    });
    expect([zipped.status, await zipped.text()]).toEqual([200, "{}"]);
    expect(taken).toEqual([
      { path: "/api/v2/write", contentType: "text/plain", body: "a b=1" },
      { path: "/v1/metrics", contentType: "application/json", body: '{"ä": 1}' },
    ]);
  });

  test("who only looks whether anybody is there needs the secret too", async () => {
    expect((await push({ method: "GET", path: "farm/health" })).status).toBe(200);
    expect((await push({ method: "GET", path: "farm/health", token: "wrong" })).status).toBe(401);
    expect((await push({ method: "PUT" })).status).toBe(400);
    expect(taken).toEqual([]);
  });

  test("without the plugin's own secret nobody is let in: no token of Jarvis, no longer or shorter one, none at all", async () => {
    for (const token of [null, "", "x", `${SECRET}x`, SECRET.slice(1), ADMIN]) expect((await push({ token })).status).toBe(401);
    expect(taken).toEqual([]);
  });

  test("the secret opens nothing else", async () => {
    const answer = await server.handle(new Request("http://127.0.0.1:5278/metrics", { headers: { host: "127.0.0.1:5278", authorization: `Bearer ${SECRET}` } }));
    expect(answer.status).toBe(401);
  });

  test("a plugin that takes nothing, and a path that names none, are not there", async () => {
    for (const path of ["other/write", "", "Farm/write", "farm/../other", "farm/%2e%2e/x"]) expect((await push({ path })).status).toBe(404);
  });

  test("a foreign Host or Origin does not come in, whatever it shows", async () => {
    expect((await push({ headers: { host: "evil.example" } })).status).toBe(403);
    expect((await push({ headers: { origin: "http://evil.example" } })).status).toBe(403);
  });

  test("too large is refused before and after unpacking, and so is what is packed otherwise or broken", async () => {
    const large = await push({ body: "x".repeat(4 * MIB + 1) });
    expect([large.status, (await large.text()).includes("max-body-size")]).toEqual([413, true]);
    expect((await push({ body: new Uint8Array(gzipSync("x".repeat(5 * MIB))), headers: { "content-encoding": "gzip" } })).status).toBe(413);
    expect((await push({ headers: { "content-encoding": "br" } })).status).toBe(400);
    expect((await push({ headers: { "content-encoding": "gzip" } })).status).toBe(400);
    expect((await push({ body: Uint8Array.of(0xff, 0xfe, 0xfd) })).status).toBe(400);
    expect(taken).toEqual([]);
  });

  test("guessing is slowed down, and so is a sender that sends too often", async () => {
    const guesses = await Promise.all(Array.from({ length: 90 }, () => push({ token: "wrong" })));
    expect(guesses.filter(({ status }) => status === 429).length).toBeGreaterThan(5);
    const sent: number[] = [];
    for (let one = 0; one < 410; one += 1) sent.push((await push()).status);
    expect(sent.filter((status) => status === 429).length).toBeGreaterThan(5);
    expect(taken.length).toBeLessThanOrEqual(400);
  });

  test("no more than a few bodies are held at once", async () => {
    const gate = Promise.withResolvers<void>();
    hold = gate.promise;
    const waiting = Array.from({ length: 4 }, () => push());
    while (taken.length < 4) await new Promise((resolve) => setImmediate(resolve));
    expect((await push()).status).toBe(503);
    gate.resolve();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    hold = Promise.resolve();
    expect((await push()).status).toBe(204);
  });
});
