// What the lab answers has the shapes of Proxmox VE's own schema and of recorded answers; both are read from the reference folder where it exists.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sharedPath } from "../../support/shared.ts";
import { type OpenLab, openLab, record, rows } from "./open-lab.ts";
import { misfits, type Schema } from "./schema.ts";

const READS: Record<string, string> = {
  "/version": "/version",
  "/access/domains": "/access/domains",
  "/access/users": "/access/users",
  "/access/acl": "/access/acl",
  "/access/roles": "/access/roles",
  "/access/permissions": "/access/permissions",
  "/cluster/resources": "/cluster/resources",
  "/cluster/status": "/cluster/status",
  "/cluster/tasks": "/cluster/tasks",
  "/cluster/log": "/cluster/log",
  "/cluster/nextid": "/cluster/nextid",
  "/cluster/options": "/cluster/options",
  "/cluster/ha/status/current": "/cluster/ha/status/current",
  "/cluster/ha/resources": "/cluster/ha/resources",
  "/cluster/backup": "/cluster/backup",
  "/cluster/backup-info/not-backed-up": "/cluster/backup-info/not-backed-up",
  "/storage": "/storage",
  "/nodes": "/nodes",
  "/nodes/{node}/status": "/nodes/pve/status",
  "/nodes/{node}/version": "/nodes/pve/version",
  "/nodes/{node}/time": "/nodes/pve/time",
  "/nodes/{node}/journal": "/nodes/pve/journal?lastentries=5",
  "/nodes/{node}/syslog": "/nodes/pve/syslog?limit=5",
  "/nodes/{node}/services": "/nodes/pve/services",
  "/nodes/{node}/tasks": "/nodes/pve/tasks",
  "/nodes/{node}/rrddata": "/nodes/pve/rrddata?timeframe=hour",
  "/nodes/{node}/storage": "/nodes/pve/storage",
  "/nodes/{node}/storage/{storage}/status": "/nodes/pve/storage/local/status",
  "/nodes/{node}/storage/{storage}/content": "/nodes/pve/storage/backups/content",
  "/nodes/{node}/qemu": "/nodes/pve/qemu?full=1",
  "/nodes/{node}/qemu/{vmid}/status/current": "/nodes/pve/qemu/101/status/current",
  "/nodes/{node}/qemu/{vmid}/config": "/nodes/pve/qemu/101/config",
  "/nodes/{node}/qemu/{vmid}/rrddata": "/nodes/pve/qemu/101/rrddata?timeframe=day",
  "/nodes/{node}/qemu/{vmid}/snapshot": "/nodes/pve/qemu/101/snapshot",
  "/nodes/{node}/qemu/{vmid}/feature": "/nodes/pve/qemu/101/feature?feature=snapshot",
  "/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces": "/nodes/pve/qemu/101/agent/network-get-interfaces",
  "/nodes/{node}/lxc": "/nodes/pve/lxc",
  "/nodes/{node}/lxc/{vmid}/status/current": "/nodes/pve/lxc/102/status/current",
  "/nodes/{node}/lxc/{vmid}/config": "/nodes/pve/lxc/102/config",
  "/nodes/{node}/lxc/{vmid}/rrddata": "/nodes/pve/lxc/102/rrddata?timeframe=hour",
  "/nodes/{node}/lxc/{vmid}/snapshot": "/nodes/pve/lxc/102/snapshot",
  "/nodes/{node}/lxc/{vmid}/interfaces": "/nodes/pve/lxc/102/interfaces",
};

/** Recorded answers whose every key ours must have too, with a value of the same JSON type; keys that a setting or a version brings are named. */
const RECORDED: [file: string, path: string, optional?: string[]][] = [
  ["version-9.2.4", "/version"],
  ["cluster-status-4nodes", "/cluster/status"],
  ["cluster-log", "/cluster/log"],
  ["cluster-tasks", "/cluster/tasks", ["pid", "tokenid"]],
  ["cluster-resources-nodes-9.2", "/cluster/resources?type=node", ["host-arch"]],
  ["node-status-9.0.6", "/nodes/pve/status"],
  ["node-tasks-9.0.6", "/nodes/pve/tasks"],
  ["node-storage-9", "/nodes/pve/storage"],
  ["lxc-list-9.0.6", "/nodes/pve/lxc"],
  ["lxc-status-current-9.0.6", "/nodes/pve/lxc/102/status/current"],
  ["lxc-status-current-stopped-7", "/nodes/Home/lxc/119/status/current", ["template"]],
  ["qemu-status-current-running-9.1", "/nodes/pve/qemu/101/status/current", ["serial"]],
  ["qemu-status-current-template-9.1", "/nodes/pve/qemu/900/status/current", ["serial", "agent"]],
  ["ha-status-current-active-9.2", "/cluster/ha/status/current", ["auto-rebalance", "comment"]],
];

const schemaFile = sharedPath("pve/api-schema.json");
let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab({ speed: 20 });
});
afterAll(() => lab.close());

describe.skipIf(!schemaFile)("the official schema (skipped where the reference folder is absent)", () => {
  for (const [method, path] of Object.entries(READS)) {
    test(`GET ${method} fits its returns`, async () => {
      const schema = record(record(await Bun.file(schemaFile ?? "").json()).methods)[`GET ${method}`];
      const { status, data } = await lab.call("GET", path);
      expect(status).toBe(200);
      const returns: Schema = record(record(schema).returns);
      expect(misfits(returns, data)).toEqual([]);
    });
  }
});

const typeOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

/** Keys and types over all rows, so that one row lacking a key does not matter. */
function keysOf(data: unknown): Map<string, Set<string>> {
  const keys = new Map<string, Set<string>>();
  for (const row of Array.isArray(data) ? rows(data) : [record(data)])
    for (const [key, value] of Object.entries(row)) keys.set(key, (keys.get(key) ?? new Set()).add(typeOf(value)));
  return keys;
}

for (const [file, path, optional = []] of RECORDED) {
  const found = sharedPath(`pve/recorded/${file}.json`);
  test.skipIf(!found)(`GET ${path.split("?")[0]} has the keys and types of a recorded answer, ${file}`, async () => {
    const recorded = record(record(await Bun.file(found ?? "").json()).body).data;
    const ours = keysOf((await lab.call("GET", path)).data);
    for (const [key, types] of keysOf(recorded)) {
      if (optional.includes(key)) continue;
      expect(ours.has(key) ? key : `no ${key}`).toBe(key);
      expect(
        [...(ours.get(key) ?? [])].filter((type) => !types.has(type)),
        key,
      ).toEqual([]);
    }
  });
}

test("every guest of the contract is where it belongs", async () => {
  const { data } = await lab.call("GET", "/cluster/resources?type=vm");
  const guests = new Map(rows(data).map((row) => [row.vmid, `${row.name} ${row.type} ${row.node} ${row.status}`]));
  const wanted = {
    100: "mgmt qemu agent1 running",
    101: "nextcloud qemu pve running",
    102: "postgres lxc pve running",
    103: "adguard lxc agent running",
    104: "homeassistant qemu Home running",
    105: "jellyfin lxc Home running",
    106: "immich qemu agent1 running",
    107: "win-lab qemu pve stopped",
    120: "pbs qemu agent1 running",
  };
  for (const [vmid, words] of Object.entries(wanted)) expect(guests.get(Number(vmid))).toBe(words);
  expect(rows(data).find((row) => row.vmid === 900)?.template).toBe(1);
  expect(guests.size).toBe(22);
});

test("101, 102, 105 and 106 start at boot, carry no lock, are not HA-managed and have a verified backup younger than a day", async () => {
  const { data } = await lab.call("GET", "/nodes/pve/storage/backups/content?content=backup");
  const now = Number(record((await lab.call("GET", "/nodes/pve/time")).data).time);
  for (const [vmid, node, kind] of [
    [101, "pve", "qemu"],
    [102, "pve", "lxc"],
    [105, "Home", "lxc"],
    [106, "agent1", "qemu"],
  ] as const) {
    const config = record((await lab.call("GET", `/nodes/${node}/${kind}/${vmid}/config`)).data);
    expect([config.onboot, config.lock]).toEqual([1, undefined]);
    const fresh = rows(data).filter((row) => row.vmid === vmid && now - Number(row.ctime) < 86_400);
    expect(fresh.map((row) => record(row.verification).state)).toEqual(["ok"]);
  }
});
