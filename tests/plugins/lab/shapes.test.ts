// What the lab answers has the shapes of Proxmox VE's own schema, in both dialects and for every GET it serves, and those of recorded answers; both are read from the reference folder where it exists.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sharedPath } from "../../support/shared.ts";
import { type Agreement, agreementOf, tableOf } from "./agreement.ts";
import { fullWorld } from "./full-world.ts";
import { type OpenLab, openLab, record, rows } from "./open-lab.ts";
import { readsOf } from "./reads.ts";
import { routesIn } from "./route-table.ts";
import { misfits, type Schema } from "./schema.ts";

const DIALECTS = [
  ["8.4", "pve/api-schema-8.4.json"],
  ["9.1", "pve/api-schema.json"],
] as const;

const asRoot = (lab: OpenLab, path: string, params: Record<string, string> = {}) => lab.control("POST", "/as", { user: "root@pam", method: "GET", path, params });
const ask = (lab: OpenLab) => async (path: string) => (await asRoot(lab, path)).body.data;

for (const [dialect, file] of DIALECTS) {
  const schemaFile = sharedPath(file);
  describe.skipIf(!schemaFile)(`the official schema of ${dialect} (skipped where the reference folder is absent)`, () => {
    let lab: OpenLab;
    beforeAll(async () => {
      lab = await openLab({ speed: 20, dialect, world: fullWorld });
    });
    afterAll(() => lab.close());

    test("every GET the lab serves answers 200 and fits its returns", async () => {
      const methods = record(record(await Bun.file(schemaFile ?? "").json()).methods);
      const reads = await readsOf(lab, dialect, routesIn(dialect), ask(lab));
      const wrong: string[] = [];
      for (const { route, path, params } of reads) {
        const { body } = await asRoot(lab, path, params);
        const returns: Schema = record(record(methods[route]).returns);
        if (body.status !== 200) wrong.push(`${route}: ${body.status} ${body.message}`);
        else wrong.push(...misfits(returns, body.data).map((what) => `${route}: ${what}`));
      }
      expect(reads.length).toBeGreaterThan(100);
      expect(wrong).toEqual([]);
    }, 60_000);
  });
}

const recordedIndex = sharedPath("pve/recorded/index.json");

/** Answers of 9.x say nothing about how 8.4 answers. */
const isOf = (dialect: (typeof DIALECTS)[number][0], file: string): boolean => dialect === "9.1" || !/-9(?:\.\d+)*\.json$/.test(file);
const FEWEST = { "8.4": 20, "9.1": 40 } as const;

for (const [dialect] of DIALECTS)
  describe.skipIf(!recordedIndex)(`recorded answers and ${dialect} (skipped where the reference folder is absent)`, () => {
    let lab: OpenLab;
    beforeAll(async () => {
      lab = await openLab({ speed: 20, dialect, world: fullWorld });
    });
    afterAll(() => lab.close());

    test("agree in keys and types, as the table shows", async () => {
      const reads = await readsOf(lab, dialect, routesIn(dialect), ask(lab));
      const agreements: Agreement[] = [];
      for (const name of rows(record(await Bun.file(recordedIndex ?? "").json()).files).map((row) => String(row.file))) {
        const recorded = record(await Bun.file(sharedPath(`pve/recorded/${name}`) ?? "").json());
        const read = reads.find(({ route }) => route === recorded.endpoint);
        if (!read || !isOf(dialect, name) || Number(recorded.status ?? 200) !== 200) continue;
        const { path, params } = { ...read, ...placeOf(name) };
        const { body } = await asRoot(lab, path, params);
        agreements.push(agreementOf(name, recorded, body.data));
      }
      console.info(`${dialect}\n${tableOf(agreements)}`);
      expect(agreements.length).toBeGreaterThan(FEWEST[dialect]);
      expect(agreements.flatMap(({ file, missing, strange }) => [...missing, ...strange].map((key) => `${file}: ${key}`))).toEqual([]);
    }, 60_000);
  });

/** Recorded answers about a thing in another state than the usual example. */
function placeOf(file: string): Partial<{ path: string; params: Record<string, string> }> {
  const places: Record<string, { path: string; params?: Record<string, string> }> = {
    "lxc-status-current-stopped-7.json": { path: "/nodes/Home/lxc/119/status/current" },
    "qemu-status-current-template-9.1.json": { path: "/nodes/pve/qemu/900/status/current" },
    "cluster-resources-nodes-9.2.json": { path: "/cluster/resources", params: { type: "node" } },
    "disks-list-hdd.json": { path: "/nodes/pve/disks/list" },
    "disks-smart-hdd.json": { path: "/nodes/pve/disks/smart", params: { disk: "/dev/sda" } },
    "disks-smart-ssd.json": { path: "/nodes/pve/disks/smart", params: { disk: "/dev/sda" } },
    "disks-smart-sas.json": { path: "/nodes/pve/disks/smart", params: { disk: "/dev/nvme0n1" } },
  };
  return places[file] ?? {};
}

let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab({ speed: 20 });
});
afterAll(() => lab.close());

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
  const { data } = await lab.call("GET", "/nodes/pve/storage/backups/content?content=backup", { as: "act" });
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
