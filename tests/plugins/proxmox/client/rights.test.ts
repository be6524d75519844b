// What our tokens may, told apart from what there is: each right that lacks is named with its cost, and the commands that set-up prints grant all of them and nothing else.
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { NEEDS, type Need } from "../../../../plugins/proxmox/client/needs.ts";
import { gradeOf, holds, lacksOf, type Permissions, privilegeOf } from "../../../../plugins/proxmox/client/rights.ts";
import { extraCommands, setupCommands } from "../../../../plugins/proxmox/setup/commands.ts";
import { readReport, wordsOf } from "../../../../plugins/proxmox/setup/report.ts";
import { fakeApi } from "../fake-api.ts";
import { failure } from "./failure.ts";

const TOP = ["/", "/access", "/access/groups", "/mapping", "/nodes", "/pool", "/sdn", "/storage", "/vms"];
const needed = (role: Need["role"]): Need[] => NEEDS.filter((need) => need.role === role && !need.extra);

/** Proxmox's own rule, small: the nearest entry that names the subject decides; a token has no more than its user. */
const clusterOf = (commands: readonly string[]) => {
  const roles = new Map<string, string[]>();
  const grants: { path: string; subject: string; role: string }[] = [];
  for (const command of commands) {
    const [, role, privileges] = /^pveum role add (\S+) --privs "([^"]+)"/.exec(command) ?? [];
    if (role && privileges) roles.set(role, privileges.split(","));
    const [, changed = "", added] = /^pveum role modify (\S+) --append 1 --privs (\S+)/.exec(command) ?? [];
    if (added) roles.set(changed, [...(roles.get(changed) ?? []), added]);
    const [, path, subject, given] = /^pveum acl modify (\S+) --(?:users|tokens) '?([^' ]+)'? --roles (\S+)/.exec(command) ?? [];
    if (path && subject && given) grants.push({ path, subject, role: given });
  }
  const own = (subject: string, path: string): string[] => {
    const near = grants.filter((grant) => grant.subject === subject && (grant.path === "/" || path === grant.path || path.startsWith(`${grant.path}/`)));
    const nearest = near.map((grant) => grant.path).sort((a, b) => b.length - a.length)[0];
    return near.filter((grant) => grant.path === nearest).flatMap((grant) => roles.get(grant.role) ?? []);
  };
  const tree = (token: string): Permissions =>
    Object.fromEntries(
      TOP.map((path) => {
        const user = new Set(own(token.split("!")[0] ?? "", path));
        return [
          path,
          Object.fromEntries(
            own(token, path)
              .filter((privilege) => user.has(privilege))
              .map((privilege) => [privilege, true]),
          ),
        ];
      }),
    );
  return { tree, roles };
};

describe("the commands that set-up prints", () => {
  for (const release of [8, 9]) {
    const { tree, roles } = clusterOf(setupCommands({ release, user: "jarvis@pve" }));
    test(`on ${release}.x give both tokens all that Jarvis needs${release === 8 ? " but VM.Monitor, which can do too much" : ""}`, () => {
      const lacks = [...lacksOf(tree("jarvis@pve!observe"), needed("read"), release), ...lacksOf(tree("jarvis@pve!operate"), [...needed("read"), ...needed("act")], release)];
      expect([...new Set(lacks.map(({ privilege }) => privilege))]).toEqual(release === 8 ? ["VM.Monitor"] : []);
    });
    test(`on ${release}.x give the reader nothing that changes anything, and nobody what is not in the list`, () => {
      expect(roles.get("JarvisRead")?.filter((privilege) => !/\.(?:Audit|Syslog)$/.test(privilege))).toEqual([]);
      const listed = new Set(NEEDS.filter((need) => !need.extra).map((need) => privilegeOf(need, release)));
      expect([...roles.values()].flat().filter((privilege) => !listed.has(privilege))).toEqual([]);
    });
  }

  for (const release of [8, 9])
    test(`on ${release}.x really grant each of the extras they offer, to the token that needs it`, () => {
      const wish = { release, user: "jarvis@pve" };
      const plain = setupCommands(wish);
      const offered = NEEDS.filter((need) => need.extra || privilegeOf(need, release) === "VM.Monitor");
      expect(extraCommands(wish).length).toBe(offered.length);
      for (const [index, need] of offered.entries()) {
        const { tree } = clusterOf([...plain, ...(extraCommands(wish)[index]?.command.split(" ; ") ?? [])]);
        const token = need.role === "read" ? "jarvis@pve!observe" : "jarvis@pve!operate";
        expect(lacksOf(tree(token), [need, ...needed(need.role)], release).filter(({ privilege }) => privilege !== "VM.Monitor" || need.privileges.includes("VM.Monitor"))).toEqual(
          [],
        );
      }
    });

  test("name what else could be granted, and on 8.x what VM.Monitor means", () => {
    expect(extraCommands({ release: 9, user: "jarvis@pve" }).map(({ what }) => what)).toContain("rebooting, shutting down and waking nodes");
    expect(extraCommands({ release: 8, user: "jarvis@pve" }).find(({ command }) => command.includes("VM.Monitor"))?.what).toContain("run commands inside guests");
  });
});

describe("a right", () => {
  const whole = clusterOf(setupCommands({ release: 9, user: "jarvis@pve" })).tree("jarvis@pve!operate");
  for (const need of [...needed("read"), ...needed("act")])
    test(`${need.privileges[0]} taken away on ${need.path} is named with what is lost`, () => {
      const less = Object.fromEntries(
        Object.entries(whole).map(([path, held]) => [path, Object.fromEntries(Object.entries(held).filter(([privilege]) => !need.privileges.includes(privilege)))]),
      );
      const [lack] = lacksOf(less, [need], 9);
      expect([lack?.words, lack?.need.loses]).toEqual([`unknown: needs ${need.privileges[0]} on ${need.path}`, need.loses]);
      expect(need.loses.length).toBeGreaterThan(10);
    });

  test("that does not propagate holds on its own path only", () => {
    const tree: Permissions = { "/": { "Sys.Audit": false }, "/vms": { "VM.Audit": true } };
    expect([holds(tree, "/", "Sys.Audit"), holds(tree, "/nodes", "Sys.Audit"), holds(tree, "/vms/101", "VM.Audit"), holds(tree, "/storage", "VM.Audit")]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test("on a path that Proxmox would list and does not is not there: NoAccess below a right that propagates", () => {
    const tree: Permissions = { "/": { "VM.Audit": true, "Pool.Audit": true }, "/nodes": { "Sys.Audit": true } };
    expect([holds(tree, "/vms", "VM.Audit"), holds(tree, "/vms/101", "VM.Audit"), holds(tree, "/pool", "Pool.Audit"), holds(tree, "/", "VM.Audit")]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  test("held on some guests or a pool only is held in part", () => {
    const need = NEEDS.find(({ feature }) => feature === "guests");
    if (!need) throw new Error("there is no such need");
    const tree: Permissions = { "/": {}, "/vms": {}, "/vms/101": { "VM.Audit": true }, "/pool/lab": { "VM.Audit": true } };
    expect(gradeOf(tree, need)).toEqual({ grade: "part", only: ["/pool/lab", "/vms/101"] });
    expect(lacksOf(tree, [need], 9)[0]?.words).toBe("unknown: needs VM.Audit on /vms (held only on /pool/lab, /vms/101)");
  });

  test("is called by the name of the release", () => {
    const agent = NEEDS.filter(({ feature }) => feature === "agent");
    expect([lacksOf({}, agent, 8)[0]?.privilege, lacksOf({}, agent, 9)[0]?.privilege, lacksOf({}, agent, undefined)[0]?.privilege]).toEqual([
      "VM.Monitor",
      "VM.GuestAgent.Audit",
      "VM.GuestAgent.Audit",
    ]);
    expect(lacksOf({ "/vms": { "VM.Monitor": true } }, agent, 8)).toEqual([]);
  });
});

describe("reading them", () => {
  const auditor = Object.fromEntries(TOP.map((path) => [path, { "Sys.Audit": 1, "VM.Audit": 1, "Datastore.Audit": 1, "Pool.Audit": 1, "SDN.Audit": 1, "Mapping.Audit": 1 }]));
  const server = (config: Record<string, unknown> = {}) => {
    const state: { tree: unknown; denies: boolean; revoked: boolean } = { tree: auditor, denies: false, revoked: false };
    const api = fakeApi((asked) => {
      if (state.revoked) return { status: 401, statusText: "Authentication failed!", raw: "" };
      if (asked.path === "/version") return { body: { data: { version: "9.1.6", release: "9.1" } } };
      if (asked.path === "/access/permissions") return { body: { data: state.tree } };
      return state.denies ? { status: 403, statusText: "Permission check failed (/nodes/pve, Sys.Syslog)", body: { data: null } } : { body: { data: [] } };
    }, config);
    return { ...api, state };
  };

  test("happens rarely, however often it is asked for", async () => {
    const { ctx, client, asked, forward } = server();
    expect(client.missing("journal")).toEqual([]);
    for (let minute = 0; minute < 30; minute += 1) {
      await client.rights(ctx);
      forward(60_000);
    }
    expect(asked.length).toBe(6);
    expect(client.missing("journal")[0]?.words).toBe("unknown: needs Sys.Syslog on /");
    expect(client.missing("power").map(({ need }) => need.loses)).toEqual(["starting, stopping and rebooting guests"]);
    expect(client.ledger.rows().every((row) => row.cause === "rights")).toBe(true);
  });

  test("happens soon after a 403, which names the privilege, the path and the token", async () => {
    const { ctx, client, asked, state, forward } = server();
    await client.rights(ctx);
    state.denies = true;
    const error = await failure(client.get(ctx, "/nodes/pve/journal", z.unknown()));
    expect([error.type, error.details.data]).toMatchObject(["upstream_denied", { privilege: "Sys.Syslog", path: "/nodes/pve", who: "jarvis@pve!observe" }]);
    expect(error.message).toContain("the token jarvis@pve!observe lacks Sys.Syslog on /nodes/pve");
    const before = asked.length;
    await client.rights(ctx);
    expect(asked.length).toBe(before);
    forward(61_000);
    await client.rights(ctx);
    expect(asked.length).toBeGreaterThan(before);
  });

  test("now, for who asks now, does not tell what was held before a token was revoked", async () => {
    const { ctx, client, state } = server();
    await readReport(ctx, client);
    state.revoked = true;
    expect((await failure(readReport(ctx, client, { fresh: true }))).type).toBe("upstream_auth");
  });

  test("that fails is told as failed, rarely repeated, and what lacked before is still named", async () => {
    const { ctx, client, state, asked, forward } = server();
    state.tree = "nonsense";
    expect((await failure(client.rights(ctx))).type).toBe("upstream_garbage");
    expect(client.missing()).toEqual([]);
    forward(61_000);
    state.tree = auditor;
    await client.rights(ctx);
    state.tree = "nonsense";
    forward(16 * 60_000);
    const before = asked.length;
    for (let again = 0; again < 5; again += 1) expect((await failure(client.rights(ctx))).type).toBe("upstream_garbage");
    expect(asked.length).toBe(before + 2);
    expect(
      client
        .missing()
        .filter(({ need }) => need.role === "read" && !need.extra)
        .map(({ need }) => need.feature),
    ).toEqual(["journal", "agent"]);
  });

  test("is told in words: granted, missing, what is lost, and each endpoint", async () => {
    const { ctx, client } = server({ actToken: undefined });
    const report = await readReport(ctx, client);
    expect(wordsOf(report).split("\n").slice(1, 6)).toEqual([
      "endpoint https://10.0.0.1:8006: well",
      "endpoint https://10.0.0.2:8006: untried",
      "Reads as jarvis@pve!observe",
      "  granted: nodes, guests, storages, pools, network, mappings",
      "  missing: Sys.Syslog on /. You lose: the nodes' journals and the cluster log: why a guest stopped (crash, out of memory, a person) cannot be told.",
    ]);
    expect(wordsOf(report)).toContain("Acts: no, there is no actToken");
  });
});
