// The control socket and the port: the owner's own door, and a taken port explained.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JarvisError } from "../../../core/contract/error.ts";
import { createServer } from "../../../core/http/server.ts";
import { createClock } from "../../../core/lib/clock.ts";
import { createHub } from "../../../core/live/hub.ts";
import { connectAt } from "./support/client.ts";
import { createHouse, fakeCore, type House } from "./support/house.ts";

let house: House;
let path: string;
beforeAll(async () => {
  house = await createHouse();
  path = join(house.folder, "control.sock");
  house.server.openControl(path);
});
afterAll(() => house.close());

const post = (body: string, to = "http://jarvis/api/v1/rpc") => fetch(to, { method: "POST", unix: path, body });
const call = async (method: string, params: unknown = {}) => (await post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }))).json();

describe("the control socket", () => {
  test("is the owner's alone and speaks as the CLI operator, without Host, Origin or token", async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await call("tools.call", { name: "x" });
    expect(house.seen.at(-1)?.who).toEqual({ caller: { kind: "operator", id: "cli", scope: "admin", tainted: false }, via: "control" });
  });

  test("may do every operator-only act", async () => {
    for (const [method, params] of [
      ["release", {}],
      ["autonomy.set", { mode: "act" }],
      ["asks.decide", { id: "a", decision: "approve" }],
      ["tokens.new", { name: "by-hand", scope: "operate" }],
      ["tokens.list", {}],
      ["login.code", {}],
    ] as const)
      expect(await call(method, params)).toMatchObject({ jsonrpc: "2.0", id: 1, result: {} });
    expect(await call("login.code")).toMatchObject({ result: { url: house.url, code: expect.stringMatching(/^[A-Z2-9]{4}-[A-Z2-9]{4}$/) } });
  });

  test("has the same error codes and limits, and no other path", async () => {
    expect((await post("nope")).status).toBe(400);
    expect((await post("x".repeat(2_000_000))).status).toBe(413);
    expect((await post("{}", "http://jarvis/metrics")).status).toBe(404);
    expect(await call("no.such")).toMatchObject({ error: { code: -32601 } });
  });

  test("carries the WebSocket too, where nobody needs to prove more; over the port the same words open nothing", async () => {
    const client = await connectAt(`ws+unix://${path}:/api/v1/ws`);
    expect((await client.request("tools.list")).error?.data.type).toBe("unauthorised");
    expect((await client.request("auth", { protocol: 1 })).result).toEqual({ scope: "admin", caller: { kind: "operator", id: "cli", scope: "admin", tainted: false } });
    await client.request("tools.call", { name: "x" });
    expect(house.seen.at(-1)?.who).toMatchObject({ via: "control", caller: { id: "cli" } });
    client.close();
    const outside = await connectAt(`ws://127.0.0.1:${house.port}/api/v1/ws`);
    expect((await outside.request("auth", { protocol: 1 })).error?.data.type).toBe("unauthorised");
    expect((await outside.ended()).code).toBe(4401);
  });

  test("says its goodbyes to its sockets when the server stops", async () => {
    const other = await createHouse();
    const socket = join(other.folder, "w.sock");
    other.server.openControl(socket);
    const client = await connectAt(`ws+unix://${socket}:/api/v1/ws`);
    await client.request("auth", {});
    await other.server.stop();
    expect((await client.ended()).code).toBe(4503);
    await other.close();
  });

  test("takes the place of one a killed core left behind, but of nothing that is no socket", async () => {
    const left = join(house.folder, "left.sock");
    writeFileSync(left, "a file");
    expect(() => house.server.openControl(left)).toThrow("is in the way");
    expect(() => house.server.openControl(join(house.folder, "x".repeat(100)))).toThrow("longer than 100 bytes");
  });

  test("goes away with its server", async () => {
    const other = await createHouse();
    const socket = join(other.folder, "c.sock");
    other.server.openControl(socket);
    expect(existsSync(socket)).toBe(true);
    await other.server.stop();
    expect(existsSync(socket)).toBe(false);
    await other.close();
  });
});

test("a taken port is told with by whom and how to change it, and is no error of the configuration", async () => {
  const clock = createClock();
  const server = createServer({
    settings: { host: "127.0.0.1", port: house.port, names: [], trustProxy: [], open: false },
    core: fakeCore([]),
    hub: createHub({ clock, epoch: "e" }),
    tokens: house.tokens,
    sessions: house.sessions,
    clock,
    version: "0",
    log: () => undefined,
  });
  const failure = await server.listen().catch((thrown: unknown) => thrown);
  expect(failure instanceof JarvisError ? failure.type : failure).toBe("unavailable");
  expect(String(failure)).toContain(`Port ${house.port} is taken`);
  expect(String(failure)).toContain("JARVIS_PORT or server.port");
  if (process.platform === "linux") expect(String(failure)).toContain(`(pid ${process.pid})`);
});
