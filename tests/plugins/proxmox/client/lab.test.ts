// The client against the real lab over TLS: logins, rights that are taken away, tokens that expire, strangers among the endpoints, both dialects, and the set-up words.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import { createClock } from "../../../../core/lib/clock.ts";
import { type Client, createClient } from "../../../../plugins/proxmox/client/client.ts";
import { NEEDS } from "../../../../plugins/proxmox/client/needs.ts";
import { readReport, wordsOf } from "../../../../plugins/proxmox/setup/report.ts";
import { testContext } from "../../../support/context.ts";
import { type Lab, startLab } from "../../../support/lab.ts";
import { until } from "../../../support/until.ts";
import { configOf } from "../house.ts";
import { failure } from "./failure.ts";

const SPEED = 50;
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const Any = z.unknown();

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ speed: SPEED });
}, 60_000);
afterAll(() => lab.stop());

const stops: (() => void)[] = [];
const open = (more: Record<string, unknown> = {}, at: Lab = lab) => {
  const config = configOf(at, more);
  const test = testContext({ config, plugin: "proxmox", clock: createClock(SPEED) });
  stops.push(test.stop);
  const client = createClient(config, undefined);
  return { client, ctx: test.withClient<Client>(client) };
};
afterAll(() => {
  for (const stop of stops) stop();
});

const passwordOf = (userid: string): string => lab.ready.pve.users?.find((user) => user.userid === userid)?.password ?? "";
const login = (user: string, more: Record<string, unknown> = {}) => open({ token: undefined, actToken: undefined, user, password: passwordOf(user), ...more });
const root = async (method: string, path: string, params: Record<string, string | number | boolean> = {}): Promise<unknown> => {
  const { status, data, message } = z.object({ status: z.number(), data: Any.optional(), message: z.string().optional() }).parse(await lab.as("root@pam", method, path, params));
  if (status !== 200) throw new Error(`${method} ${path}: ${status} ${message}`);
  return data;
};

describe("a login", () => {
  test("reads and acts with one ticket on every node", async () => {
    const { client, ctx } = login("root@pam");
    expect(await client.get(ctx, "/nodes/Home/status", Any)).toBeDefined();
    expect(await client.post(ctx, "/nodes/agent/lxc/116/status/reboot")).toMatch(/^UPID:agent:.*:vzreboot:116:root@pam:$/);
    expect(client.ledger.rows().filter((row) => row.cause === "login")).toMatchObject([{ path: "/access/ticket", count: 1 }]);
  });

  test("with a wrong password asks once and says what to correct", async () => {
    const { client, ctx } = login("root@pam", { password: "stale" });
    for (let again = 0; again < 5; again += 1) expect((await failure(client.get(ctx, "/version", Any))).message).toContain("refused the login of root@pam");
    expect(client.ledger.rows()).toMatchObject([{ method: "POST", path: "/access/ticket", cause: "login", answer: 401, count: 1 }]);
  }, 30_000);

  test("with a second factor works with its secret and is explained without it", async () => {
    await root("POST", "/access/tfa/olli@pve", { type: "totp", totp: `otpauth://totp/PVE:olli?secret=${SECRET}` });
    const without = login("olli@pve");
    expect((await failure(without.client.get(without.ctx, "/version", Any))).message).toContain("olli@pve has a second factor: set plugins.proxmox.totp");
    const { client, ctx } = login("olli@pve", { totp: SECRET });
    // The lab's clock runs fast: a first answer of any kind tells the client what time it is there.
    const read = () => client.get(ctx, "/access/permissions", Any).catch(() => undefined);
    expect(await until(read, { withinMs: 20_000, what: "the second factor being taken" })).toBeDefined();
  }, 40_000);
});

describe("each right taken from the tokens in turn", () => {
  const ROLES = { "jarvis@pve!observe": "JarvisRead", "jarvis@pve!operate": "JarvisOperate" } as const;
  const privilegesOf = async (role: string): Promise<string[]> => {
    const roles = z.array(z.object({ roleid: z.string(), privs: z.string() })).parse(await root("GET", "/access/roles"));
    return roles.find(({ roleid }) => roleid === role)?.privs.split(",") ?? [];
  };

  for (const need of NEEDS.filter(({ extra }) => !extra)) {
    const role = need.role === "read" ? ROLES["jarvis@pve!observe"] : ROLES["jarvis@pve!operate"];
    test(`${need.privileges[0]} for ${need.feature}: named, with its path and what is lost`, async () => {
      const before = await privilegesOf(role);
      try {
        await root("PUT", `/access/roles/${role}`, { privs: before.filter((privilege) => !need.privileges.includes(privilege)).join(",") });
        const { client, ctx } = open();
        await client.rights(ctx);
        expect(client.missing(need.feature)[0]).toMatchObject({ grade: "missing", words: `unknown: needs ${need.privileges[0]} on ${need.path}` });
      } finally {
        await root("PUT", `/access/roles/${role}`, { privs: before.join(",") });
      }
      const { client, ctx } = open();
      await client.rights(ctx);
      expect(client.missing(need.feature)).toEqual([]);
    }, 20_000);
  }

  test("NoAccess on all guests is a lack, and no empty cluster", async () => {
    await root("PUT", "/access/acl", { path: "/vms", tokens: "jarvis@pve!observe", roles: "NoAccess" });
    const { client, ctx } = open();
    const rows = await client.get(ctx, "/cluster/resources", z.array(z.looseObject({ type: z.string() })));
    expect(rows.filter(({ type }) => type === "qemu" || type === "lxc")).toEqual([]);
    const report = await readReport(ctx, client);
    expect(report.read.missing.map(({ feature }) => feature)).toContain("guests");
    expect(wordsOf(report)).toContain("missing: VM.Audit on /vms. You lose: guests: whether they run");
    await root("PUT", "/access/acl", { path: "/vms", tokens: "jarvis@pve!observe", roles: "NoAccess", delete: true });
  }, 20_000);
});

describe("bad input", () => {
  test("an expired token is refused, asked about rarely, and works again when it is renewed", async () => {
    await root("PUT", "/access/users/jarvis@pve/token/observe", { expire: 1 });
    const { client, ctx } = open();
    for (let again = 0; again < 10; again += 1) {
      const error = await failure(client.get(ctx, "/version", Any));
      expect([error.type, error.message.includes("plugins.proxmox.token")]).toEqual(["upstream_auth", true]);
    }
    expect(client.ledger.lately(ctx.now())).toBeLessThanOrEqual(3);
    await root("PUT", "/access/users/jarvis@pve/token/observe", { expire: 0 });
    await until(() => client.get(ctx, "/version", Any).catch(() => undefined), { withinMs: 20_000, what: "the renewed token" });
  }, 40_000);

  test("an under-privileged act is told by privilege, path and token", async () => {
    const { client, ctx } = open({ actToken: lab.ready.pve.tokens.read });
    const error = await failure(client.post(ctx, "/nodes/pve/qemu/101/status/reset"));
    expect([error.type, error.message]).toMatchObject(["upstream_denied", expect.stringContaining("the token jarvis@pve!observe lacks VM.PowerMgmt on /vms/101")]);
  });

  test("a node that is not there, a guest that has moved, a task of a node that is gone, a task that never was", async () => {
    const { client, ctx } = open();
    const task = (node: string): string => `/nodes/${node}/tasks/${encodeURIComponent(`UPID:${node}:00004686:0005B477:6A4A8EEF:qmstart:101:root@pam:`)}/status`;
    const cases: [path: string, reason: string, words: RegExp][] = [
      ["/nodes/pve9/status", "unknown-node", /There is no node pve9 in this cluster/],
      ["/nodes/agent1/qemu/101/status/current", "not-there", /Guest 101 is not on agent1: it has moved/],
      [task("pve9"), "unknown-node", /The task belongs to pve9, which is no node of this cluster any more/],
      [task("pve"), "not-found", /pve knows no such task/],
    ];
    for (const [path, reason, words] of cases) {
      const error = await failure(client.get(ctx, path, Any));
      expect([error.type as string, error.details.data?.reason, words.test(error.message) ? "as expected" : error.message]).toEqual(["not_found", reason, "as expected"]);
    }
  });

  test("the first endpoint without the cluster's files leaves the house in sight through the next", async () => {
    const { client, ctx } = open();
    const first = lab.ready.pve.nodes[0]?.name ?? "";
    await lab.break("pmxcfs-down", `node/${first}`);
    expect(await client.get(ctx, "/cluster/resources", Any)).toBeDefined();
    expect(client.health()[0]).toMatchObject({ standing: "broken", words: expect.stringContaining("access control list") });
    await lab.heal("pmxcfs-down");
  }, 30_000);

  test("an endpoint that is not Proxmox is passed over and told", async () => {
    const other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.json({ database: "ok" }) });
    const { client, ctx } = open({ endpoints: [`http://127.0.0.1:${other.port}`, lab.ready.pve.nodes[0]?.url], fingerprints: [lab.ready.pve.nodes[0]?.fingerprint] });
    expect(await client.get(ctx, "/version", Any)).toBeDefined();
    expect(client.health()[0]).toMatchObject({ standing: "broken", words: expect.stringContaining("JSON without data") });
    await other.stop(true);
  });
});

test("more than a hundred reads over kept connections, with long and short answers", async () => {
  const { client, ctx } = open();
  for (let read = 0; read < 120; read += 1) await client.get(ctx, read % 2 ? "/cluster/resources" : "/version", Any);
  expect(client.health()[0]?.standing).toBe("well");
}, 30_000);

test("set-up shows the certificates, the commands, and that no Jarvis runs", async () => {
  const [node] = lab.ready.pve.nodes;
  const child = Bun.spawn([process.execPath, "plugins/proxmox/cli.ts", "setup", node?.url ?? ""], {
    cwd: new URL("../../../../", import.meta.url).pathname,
    env: { ...process.env, JARVIS_DATA: `${lab.dir}/none`, JARVIS_PORT: "1" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [text, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  expect(code).toBe(0);
  for (const word of [
    `${node?.url} shows ${node?.fingerprint}`,
    "pveum user token add jarvis@pve observe",
    "Sys.Syslog",
    `fingerprints: ["${node?.fingerprint}"]`,
    "No Jarvis runs here",
  ])
    expect(text).toContain(word);
}, 20_000);

test("the 8.4 dialect is understood: its release, its refusals, its privileges", async () => {
  const older = await startLab({ speed: SPEED, more: ["--dialect", "8.4"] });
  try {
    const { client, ctx } = open({}, older);
    const rights = await client.rights(ctx);
    expect(rights.version).toStartWith("8.4");
    expect(client.missing().every(({ privilege }) => !privilege.startsWith("VM.GuestAgent"))).toBe(true);
    expect((await failure(client.get(ctx, "/nodes/pve/qemu/999/config", Any))).type).toBe("not_found");
    await older.break("token-revoked", "token/read");
    expect((await failure(client.get(ctx, "/version", Any))).message).toContain("there is no such token (any more)");
  } finally {
    await older.stop();
  }
}, 60_000);
