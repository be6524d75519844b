// What the client sends, how it fails over, and what each failure is called.
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { JarvisError } from "../../../core/contract/error.ts";
import { path } from "../../../plugins/proxmox/client/path.ts";
import { Config } from "../../../plugins/proxmox/config.ts";
import { ACT, fakeApi, READ } from "./fake-api.ts";

const Any = z.unknown();
const failure = async (work: Promise<unknown>): Promise<JarvisError> => {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof JarvisError) return thrown;
    throw thrown;
  }
  throw new Error("it did not fail");
};
const UPID = "UPID:pve:00004686:0005B477:6A4A8EEF:qmstart:101:jarvis@pve!operate:";

describe("what is sent", () => {
  test("a read carries the read token and the endpoint's own fingerprint", async () => {
    const { ctx, client, asked } = fakeApi(() => ({ body: { data: 1 } }));
    expect(await client.get(ctx, path`/nodes/${"p v/e"}/tasks`, Any, { vmid: 101 })).toBe(1);
    expect(asked[0]).toMatchObject({ origin: "https://10.0.0.1:8006", path: "/nodes/p%20v%2Fe/tasks?vmid=101", method: "GET" });
    expect(asked[0]?.headers.authorization).toBe(`PVEAPIToken=${READ}`);
    expect(asked[0]?.fingerprint).toStartWith("AA:AA");
  });

  test("an act carries the act token and a form of known length", async () => {
    const { ctx, client, asked } = fakeApi(() => ({ body: { data: UPID } }));
    expect(await client.post(ctx, "/x", { timeout: 60 })).toBe(UPID);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: "POST", body: "timeout=60" });
    expect(asked[0]?.headers.authorization).toBe(`PVEAPIToken=${ACT}`);
  });

  test("without an act token nothing is sent", async () => {
    const { ctx, client, asked } = fakeApi(() => ({}), { actToken: undefined });
    expect((await failure(client.post(ctx, "/x"))).type).toBe("configuration");
    expect(asked).toEqual([]);
  });
});

describe("endpoints", () => {
  test("a reset socket is tried once more at the same endpoint", async () => {
    const { ctx, client, asked } = fakeApi((_, count) => (count === 1 ? { fails: "upstream_refused" } : { body: { data: 2 } }));
    expect(await client.get(ctx, "/version", Any)).toBe(2);
    expect(asked.map((one) => one.origin)).toEqual(["https://10.0.0.1:8006", "https://10.0.0.1:8006"]);
  });

  test("an unreachable endpoint makes room for the next, which stays in use", async () => {
    const { ctx, client, asked } = fakeApi((one) => (one.origin.includes("10.0.0.1") ? { fails: "upstream_refused" } : { body: { data: 2 } }));
    await client.get(ctx, "/version", Any);
    await client.get(ctx, "/version", Any);
    expect(asked.map((one) => one.origin.slice(-6, -5))).toEqual(["1", "1", "2", "2"]);
  });

  test("595 is tried elsewhere, and told as unreachable when it stays", async () => {
    const { ctx, client, asked } = fakeApi(() => ({ status: 595, statusText: "No route to host", raw: "" }));
    expect((await failure(client.get(ctx, "/nodes/pve/status", Any))).type).toBe("upstream_refused");
    expect(asked.map((one) => one.origin.slice(-6, -5))).toEqual(["1", "2"]);
  });

  test("a slow endpoint is left for the next call, not asked twice", async () => {
    const { ctx, client, asked } = fakeApi((_, count) => (count === 1 ? { fails: "upstream_timeout" } : { body: { data: 2 } }));
    expect((await failure(client.get(ctx, "/version", Any))).type).toBe("upstream_timeout");
    await client.get(ctx, "/version", Any);
    expect(asked.map((one) => one.origin.slice(-6, -5))).toEqual(["1", "2"]);
  });

  test("a wrong certificate is not passed over", async () => {
    const { ctx, client, asked } = fakeApi(() => ({ fails: "upstream_tls" }));
    expect((await failure(client.get(ctx, "/version", Any))).type).toBe("upstream_tls");
    expect(asked).toHaveLength(1);
  });

  test("an act is never repeated, whatever goes wrong", async () => {
    for (const reply of [
      { fails: "upstream_refused" as const },
      { fails: "upstream_timeout" as const },
      { status: 595, raw: "" },
      { status: 596, raw: "" },
      { status: 500, body: { data: null, message: "VM is locked (backup)\n" } },
    ]) {
      const { ctx, client, asked } = fakeApi(() => reply);
      await failure(client.post(ctx, "/x"));
      expect(asked).toHaveLength(1);
    }
  });
});

describe("failures by name", () => {
  const table: readonly [what: string, reply: Parameters<typeof fakeApi>[0] extends (...a: never[]) => infer R ? R : never, type: string, words: RegExp][] = [
    ["a refused token", { status: 401, statusText: "No ticket", raw: "" }, "upstream_auth", /No ticket/],
    ["a lacking privilege", { status: 403, statusText: "Permission check failed (/vms/100, VM.PowerMgmt)", raw: "" }, "upstream_denied", /lacks VM\.PowerMgmt on \/vms\/100/],
    ["no such guest", { status: 500, body: { data: null, message: "Configuration file 'nodes/pve/qemu-server/999.conf' does not exist\n" } }, "not_found", /does not exist/],
    [
      "the same from an older server",
      { status: 500, statusText: "Configuration file 'nodes/pve/qemu-server/999.conf' does not exist", body: { data: null } },
      "not_found",
      /does not exist/,
    ],
    ["an unknown node", { status: 500, statusText: "hostname lookup 'pve9' failed - failed to get address info", body: { data: null } }, "not_found", /pve9/],
    ["a lock", { status: 500, statusText: "VM is locked (backup)", body: { data: null } }, "unavailable", /locked \(backup\)/],
    ["no quorum", { status: 500, statusText: "cluster not ready - no quorum?", body: { data: null } }, "unavailable", /no quorum/],
    ["running already", { status: 500, statusText: "CT 101 already running", body: { data: null } }, "upstream", /already running/],
    ["a parameter", { status: 400, body: { data: null, errors: { vmid: "invalid format\n" }, message: "Parameter verification failed.\n" } }, "upstream", /vmid: invalid format/],
    ["an unknown task", { status: 400, body: { data: null, errors: { upid: "no such task" } } }, "not_found", /no such task/],
    ["an unknown path", { status: 501, statusText: "Method 'GET /foo' not implemented", body: { data: null } }, "upstream", /not know/],
    ["a slow node", { status: 596, statusText: "Connection timed out", raw: "" }, "upstream_timeout", /may still go on/],
    ["a broken hop", { status: 599, raw: "" }, "upstream_timeout", /broke/],
    ["a proxy before it", { status: 502, raw: "<html>Bad Gateway</html>" }, "upstream_timeout", /502/],
    ["a page with 200", { raw: "<!doctype html><html></html>" }, "upstream_garbage", /page/],
    ["half an answer", { raw: '{"data":[{"type":"no' }, "upstream_garbage", /whole JSON/],
    ["nothing", { raw: "" }, "upstream_garbage", /whole JSON/],
    ["null", { raw: "null" }, "upstream_garbage", /without data/],
    ["a redirect", { status: 301, raw: "" }, "upstream_garbage", /redirected/],
  ];
  for (const [what, reply, type, words] of table)
    test(`${what} is ${type}`, async () => {
      const { ctx, client } = fakeApi(() => reply);
      const error = await failure(client.get(ctx, "/y", z.array(z.unknown())));
      expect({ type: error.type, said: words.test(error.message) ? "as expected" : error.message }).toEqual({ type: type as typeof error.type, said: "as expected" });
      expect(error.message).not.toContain("00000000-0000");
    });

  test("a senseless reply to an act is a lost reply, never a refusal", async () => {
    for (const raw of ["<html>", "", '{"data":null}', '{"data":"done"}']) {
      const { ctx, client } = fakeApi(() => ({ raw }));
      expect((await failure(client.post(ctx, "/x"))).type).toBe("upstream_timeout");
    }
  });
});

test("a no of Proxmox itself is definitive, what may still go on is not", async () => {
  const definitive = async (reply: ReturnType<Parameters<typeof fakeApi>[0]>): Promise<boolean> => {
    const { ctx, client } = fakeApi(() => reply);
    return (await failure(client.post(ctx, "/x"))).details.data?.definitive === true;
  };
  for (const text of ["CT 101 already running", "VM 101 not running", "cluster not ready - no quorum?", "VM is locked (backup)"])
    expect(await definitive({ status: 500, statusText: text, raw: "" })).toBe(true);
  for (const reply of [{ status: 500, statusText: "unable to fork worker", raw: "" }, { status: 596, raw: "" }, { status: 504, raw: "" }, { fails: "upstream_refused" as const }])
    expect(await definitive(reply)).toBe(false);
});

test("after a 401 at most three requests a minute go out until one works", async () => {
  let good = false;
  const { ctx, client, asked, forward } = fakeApi(() => (good ? { body: { data: 1 } } : { status: 401, raw: "" }));
  for (let tick = 0; tick < 60; tick += 1) {
    expect((await failure(client.get(ctx, "/x", Any))).type).toBe("upstream_auth");
    forward(1000);
  }
  expect(asked).toHaveLength(3);
  forward(60_000);
  good = true;
  for (let again = 0; again < 10; again += 1) await client.get(ctx, "/x", Any);
  expect(asked).toHaveLength(13);
});

describe("the configuration", () => {
  const base = { endpoints: ["https://10.0.0.1:8006"], token: READ };
  const bad: [string, object, RegExp][] = [
    ["plain http beyond loopback", { ...base, endpoints: ["http://10.0.0.1:8006"] }, /http only to loopback/],
    ["a token of another form", { ...base, token: "root@pam" }, /user@realm!name=UUID/],
    ["tokens and a login", { ...base, user: "root@pam", password: "x" }, /not both/],
    ["a user without a password", { endpoints: base.endpoints, user: "root@pam" }, /needs its password/],
    ["a realm given twice", { endpoints: base.endpoints, user: "root@pam", realm: "pve", password: "x" }, /realm belongs to a user/],
    ["a second factor for a token", { ...base, totp: "JBSWY3DPEHPK3PXP" }, /tokens have none/],
    ["a second factor that is no secret", { endpoints: base.endpoints, user: "root@pam", password: "x", totp: "123456" }, /base32/],
    ["no token", { endpoints: base.endpoints }, /a read token is needed/],
    [
      "two fingerprints for three endpoints",
      { ...base, endpoints: ["https://a:1", "https://b:1", "https://c:1"], fingerprints: Array(2).fill(Array(32).fill("AA").join(":")) },
      /one fingerprint for each/,
    ],
    ["an unknown key", { ...base, tokens: "x" }, /tokens/],
  ];
  for (const [what, config, words] of bad)
    test(`${what} is refused`, () => {
      const read = Config.safeParse(config);
      expect(read.success).toBe(false);
      expect(JSON.stringify(read.error?.issues)).toMatch(words);
    });
  test("plain http to loopback is taken", () => expect(Config.safeParse({ ...base, endpoints: ["http://127.0.0.1:80"] }).success).toBe(true));
});
