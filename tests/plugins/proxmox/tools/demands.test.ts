// What each act demands of the act token is what Proxmox's own schema asks for at the calls the act makes, in both dialects. Skipped, saying so, where the reference folder is absent.
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import type { Preflight } from "../../../../core/contract/tool.ts";
import { NEEDS, needOf } from "../../../../plugins/proxmox/client/needs.ts";
import { asOf } from "../../../../plugins/proxmox/client/rights.ts";
import plugin from "../../../../plugins/proxmox/plugin.ts";
import { setupCommands } from "../../../../plugins/proxmox/setup/commands.ts";
import { DEMANDS } from "../../../../plugins/proxmox/tools/demands.ts";
import { sharedPath } from "../../../support/shared.ts";

const GUEST: Preflight = {
  target: "guest/101",
  facts: { node: "pve", storage: "nas", storages: "nas", bridges: "vmbr0", newVmid: "200", keys: "description,memory,cores" },
};
const NODE: Preflight = { target: "node/pve", facts: { node: "pve" } };
const UPID = "UPID:pve:00004686:0005B477:6A4A8EEF:vzdump:101:root@pam:";
const TASK: Preflight = { target: "task/pve/1/2", lastHumanAct: { at: "2026-01-01T00:00:00Z", words: "root@pam runs it", stop: false } };

const both = (rest: string): string[] => [`POST /nodes/{node}/qemu/{vmid}/${rest}`, `POST /nodes/{node}/lxc/{vmid}/${rest}`];
const agent = (rest: string): string[] => [`POST /nodes/{node}/qemu/{vmid}/agent/${rest}`];
const node = ["POST /nodes/{node}/status"];

/** The calls each tool makes as the actor, and facts to ask its demands for. */
type Name = keyof typeof DEMANDS;
const TOOLS: Record<Name, { calls: readonly string[]; facts: Preflight }> = {
  guest_start: { calls: both("status/start"), facts: GUEST },
  guest_shutdown: { calls: both("status/shutdown"), facts: GUEST },
  guest_stop: { calls: both("status/stop"), facts: GUEST },
  guest_reboot: { calls: both("status/reboot"), facts: GUEST },
  guest_reset: { calls: ["POST /nodes/{node}/qemu/{vmid}/status/reset"], facts: GUEST },
  guest_suspend: { calls: ["POST /nodes/{node}/qemu/{vmid}/status/suspend"], facts: GUEST },
  guest_resume: { calls: ["POST /nodes/{node}/qemu/{vmid}/status/resume"], facts: GUEST },
  guest_migrate: { calls: both("migrate"), facts: GUEST },
  guest_clone: { calls: both("clone"), facts: GUEST },
  guest_config_set: { calls: ["PUT /nodes/{node}/qemu/{vmid}/config", "PUT /nodes/{node}/lxc/{vmid}/config"], facts: GUEST },
  guest_disk_resize: { calls: ["PUT /nodes/{node}/qemu/{vmid}/resize", "PUT /nodes/{node}/lxc/{vmid}/resize"], facts: GUEST },
  guest_agent_exec: { calls: [...agent("exec"), "GET /nodes/{node}/qemu/{vmid}/agent/exec-status"], facts: GUEST },
  guest_fsfreeze_thaw: { calls: agent("fsfreeze-thaw"), facts: GUEST },
  guest_snapshot_create: { calls: both("snapshot"), facts: GUEST },
  guest_snapshot_rollback: { calls: both("snapshot/{snapname}/rollback"), facts: GUEST },
  guest_snapshot_delete: { calls: ["DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}", "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}"], facts: GUEST },
  guest_backup: { calls: ["POST /nodes/{node}/vzdump"], facts: GUEST },
  backup_retry: { calls: ["POST /nodes/{node}/vzdump"], facts: GUEST },
  node_service_restart: { calls: ["POST /nodes/{node}/services/{service}/restart"], facts: NODE },
  node_shutdown: { calls: node, facts: NODE },
  node_reboot: { calls: node, facts: NODE },
  node_wake: { calls: ["POST /nodes/{node}/wakeonlan"], facts: NODE },
  storage_trim: { calls: agent("fstrim"), facts: GUEST },
  replication_run: { calls: ["POST /nodes/{node}/replication/{id}/schedule_now"], facts: GUEST },
  task_cancel: { calls: ["DELETE /nodes/{node}/tasks/{upid}"], facts: TASK },
};

const NAMES = Object.keys(TOOLS).filter((one): one is Name => one in DEMANDS);
const featuresOf = (name: Name) => DEMANDS[name]({ upid: UPID }, TOOLS[name].facts).map(({ feature }) => feature);

test("every act of the plugin has its demands, but for the one that only root may do", () => {
  const acts = Object.entries(plugin.tools ?? {}).flatMap(([name, { effect }]) => (effect === "read" ? [] : [name]));
  expect(Object.keys(DEMANDS).sort()).toEqual(acts.filter((name) => name !== "guest_unlock").sort());
});

/** What a tool demands as this release calls it: the privileges of which one is enough, and where, in the schema's own words. */
const demanded = (name: Name, facts: Preflight, release: number): { any: string[]; where: string }[] =>
  DEMANDS[name]({ upid: UPID }, facts).map(({ feature, path }) => {
    const known = needOf(feature, "act");
    const need = asOf(known, release);
    const where = need.path === known.path ? path : need.path;
    return { any: [...need.privileges].sort(), where: where.replace("/vms/101", "/vms/{vmid}").replace("/vms/200", "/vms/{newid}").replace("/nodes/pve", "/nodes/{node}") };
  });

type Check = readonly unknown[];
const Check = z.array(z.unknown());
/** `["perm", path, [privileges], "any", 1]`, on their own or in "and" and "or"; an `or` is satisfied by its first. */
const permsIn = (check: Check): { any: string[]; where: string }[] => {
  const [kind, ...rest] = check;
  if (kind === "and") return rest.flatMap((one) => permsIn(Check.parse(one)));
  if (kind === "or") return permsIn(Check.parse(rest[0]));
  const privileges = z.array(z.string()).parse(rest[1]);
  return [{ any: [...new Set(privileges)].sort(), where: String(rest[0]) }];
};

const Permissions = z.looseObject({ check: Check.optional(), description: z.string().optional(), user: z.string().optional() });
const Schema = z.object({ methods: z.record(z.string(), z.looseObject({ permissions: Permissions.optional() })) });

/** Said in words or in the code only (qemu-server, pve-container, pve-storage): which storage is written to, which setting wants which privilege. */
const BESIDE = new Set(["Datastore.AllocateSpace", "SDN.Use", "VM.Backup", "Sys.Modify", "VM.Replicate"]);

for (const [release, file] of [
  [8, "pve/api-schema-8.4.json"],
  [9, "pve/api-schema.json"],
] as const) {
  const schemaFile = sharedPath(file);
  describe.skipIf(!schemaFile)(`the schema of ${release}.x (skipped where the reference folder is absent)`, async () => {
    const { methods } = schemaFile ? Schema.parse(await Bun.file(schemaFile).json()) : { methods: {} };
    for (const name of NAMES)
      test(`asks for exactly what ${name} demands`, () => {
        const { calls, facts } = TOOLS[name];
        const ours = demanded(name, facts, release);
        for (const call of calls) {
          const permissions = methods[call]?.permissions;
          expect(permissions).toBeDefined();
          const theirs = permissions?.check === undefined ? [] : permsIn(permissions.check);
          const said = permissions?.description ?? "";
          // A setting wants one of those the schema lists as any: which one lies in its code.
          const fits = (mine: { any: string[]; where: string }): boolean =>
            theirs.some(
              ({ any, where }) => where === mine.where && (Bun.deepEquals(any, mine.any) || (name === "guest_config_set" && mine.any.every((one) => any.includes(one)))),
            ) || mine.any.some((one) => BESIDE.has(one) && (theirs.length > 0 || said === "" || said.includes(one)));
          expect(ours.filter((mine) => !fits(mine))).toEqual([]);
          const met = (wanted: { any: string[]; where: string }): boolean => ours.some(({ where, any }) => where === wanted.where && any.every((one) => wanted.any.includes(one)));
          expect(theirs.filter((wanted) => !met(wanted))).toEqual([]);
        }
      });
  });
}

test("the role that set-up prints holds what the acts demand, but for those that only who wants them asks for", () => {
  for (const release of [8, 9]) {
    const printed = setupCommands({ release, user: "jarvis@pve" }).find((command) => command.startsWith("pveum role add JarvisOperate")) ?? "";
    const role = /--privs "([^"]+)"/.exec(printed)?.[1]?.split(",") ?? [];
    const plain = NAMES.flatMap(featuresOf)
      .map((feature) => needOf(feature, "act"))
      .filter(({ extra }) => !extra);
    expect(plain.map((need) => asOf(need, release).privileges[0]).filter((privilege) => !role.includes(privilege))).toEqual([]);
  }
});

test("no act right is listed that no act demands, but for consoles and what HA does", () => {
  const used = new Set(NAMES.flatMap(featuresOf));
  const unused = NEEDS.filter(({ role, feature }) => role === "act" && !used.has(feature)).map(({ feature }) => feature);
  expect(unused).toEqual(["console", "node-console", "ha"]);
});
