// The backups monitor over a fake cluster: what it asks, what it makes of it, and what it keeps across a restart; with the storages' daily samples beside it in one document.
import { describe, expect, test } from "bun:test";
import { backups } from "../../../plugins/proxmox/monitors/backups.ts";
import { forecast } from "../../../plugins/proxmox/monitors/growth.ts";
import { storagesOf } from "../../../plugins/proxmox/monitors/store-state.ts";
import { Entries } from "../../../plugins/proxmox/shapes/resources.ts";
import { Tasks } from "../../../plugins/proxmox/shapes/task.ts";
import { fakeApi } from "./fake-api.ts";

const START = Date.UTC(2026, 5, 1, 12);
const DAY = 86_400_000;
const rows = (used = 10) => [
  { type: "node", node: "pve", status: "online" },
  { type: "node", node: "old", status: "offline" },
  { type: "qemu", vmid: 101, name: "nextcloud", node: "pve", status: "running", uptime: 900_000 },
  { type: "lxc", vmid: 102, name: "new", node: "pve", status: "running", uptime: 100 },
  { type: "qemu", vmid: 900, name: "template", node: "pve", status: "stopped", template: 1 },
  { type: "storage", storage: "nas", node: "pve", shared: 1, status: "available", plugintype: "nfs", disk: used, maxdisk: 100 },
];
const upid = (startedAt: number): string =>
  `UPID:pve:0000ABCD:000DEF01:${Math.floor(startedAt / 1000)
    .toString(16)
    .toUpperCase()}:vzdump:101:root@pam:`;

const ALL = { "/": { "Sys.Audit": 1 }, "/vms": { "VM.Backup": 1 }, "/storage": { "Datastore.AllocateSpace": 1 } };
const house = (document: Record<string, unknown> = {}, tree: Record<string, Record<string, number>> = ALL) => {
  const content = [
    { volid: "backups:backup/vm/101/a", vmid: 101, ctime: (START - DAY) / 1000, verification: { state: "ok" } },
    { volid: "backups:backup/vm/101/b", vmid: "101", ctime: START / 1000 - 3600, verification: { state: "failed" } },
  ];
  const api = fakeApi(({ path }) => {
    const [bare = ""] = path.split("?");
    if (bare === "/access/permissions") return { body: { data: tree } };
    if (bare === "/cluster/backup") return { body: { data: [{ id: "nightly", type: "vzdump", enabled: 1, schedule: "sat 01:00", storage: "backups", all: 1, exclude: "102" }] } };
    if (bare === "/cluster/backup-info/not-backed-up") return { body: { data: [{ vmid: 102 }] } };
    if (bare === "/storage")
      return {
        body: {
          data: [
            { storage: "backups", type: "pbs", content: "backup", shared: 1 },
            { storage: "local", type: "dir", content: "iso,backup", nodes: "pve,old" },
            { storage: "off", type: "nfs", content: "backup", disable: 1 },
          ],
        },
      };
    if (bare === `/nodes/pve/storage/${content[0]?.volid.split(":")[0] ?? "backups"}/content`) return { body: { data: content } };
    if (bare.endsWith("/log"))
      return {
        body: {
          data: [
            { n: 1, t: "INFO: starting new backup job: vzdump 101 --storage backups" },
            { n: 2, t: "ERROR: Backup of VM 101 failed - VM 101 is locked (snapshot)" },
            { n: 3, t: "TASK ERROR: job errors" },
          ],
        },
      };
    return { body: { data: [] } };
  });
  const ctx = { ...api.ctx, kept: async () => document, keep: async (value: unknown) => void Object.assign(document, value) };
  const read = async (more: object[] = []) => {
    api.client.memory.answered({ at: api.ctx.now(), entries: Entries.parse(rows()) });
    api.client.memory.tasks = new Map(Tasks.parse(more).map((task) => [task.upid, task]));
    return backups.state.parse(await backups.read(ctx));
  };
  return { ...api, ctx, read, content, document };
};

describe("the backups monitor", () => {
  const NONE: [what: string, tree: typeof ALL | Record<string, Record<string, number>>, words: string][] = [
    ["on the guests", { ...ALL, "/vms": { "VM.Audit": 1 } }, "unknown: needs VM.Backup on /vms for jarvis@pve!operate, without which Proxmox lists no backups"],
    [
      "on the storages",
      { ...ALL, "/storage": { "Datastore.Audit": 1 } },
      "unknown: needs Datastore.AllocateSpace on /storage/backups for jarvis@pve!operate, without which Proxmox lists no backups",
    ],
  ];
  for (const [what, tree, words] of NONE)
    test(`without the right ${what} calls the backups unknown, asks for no list, and raises nothing`, async () => {
      const { read, asked } = house({}, tree);
      const now = await read();
      expect([now.complete, now.unknown?.includes(words)]).toEqual([false, true]);
      expect(asked.some(({ path }) => path.includes("/content"))).toBe(false);
      expect((backups.alerts?.(now, { before: undefined, open: [] }) ?? []).filter(({ key }) => key !== "guest-in-no-job")).toEqual([]);
    });

  test("with the right on one guest only judges that one, and none of the others", async () => {
    const { read, content, forward } = house({}, { ...ALL, "/vms": { "VM.Audit": 1 }, "/vms/102": { "VM.Backup": 1 } });
    content.length = 0;
    await read();
    forward(3 * DAY);
    const now = await read();
    expect([now.guests["101"]?.hidden, now.guests["102"]?.hidden]).toEqual([true, undefined]);
    expect((backups.alerts?.(now, { before: undefined, open: [] }) ?? []).map(({ key, resource }) => `${key} ${resource}`)).not.toContain("backup-stale guest/101");
  });

  test("looks with the act token's eyes, as Proxmox lists a backup only to who may make one", async () => {
    const { read, asked } = house();
    await read();
    expect(asked.filter(({ path }) => path.includes("/content")).map(({ headers }) => headers.authorization?.includes("!operate="))).not.toContain(false);
  });

  test("knows each guest's newest backup, its limit by the schedule and who was left out; templates are no guests", async () => {
    const { read, asked } = house();
    const now = await read();
    expect(now.complete).toBe(true);
    expect(Object.keys(now.guests)).toEqual(["101", "102"]);
    expect(now.guests["101"]).toMatchObject({
      cover: "yes",
      lastAt: new Date(START - 3_600_000).toISOString(),
      lastOn: "backups",
      verification: "failed",
      backups: 2,
      limitHours: 170,
    });
    expect(now.guests["102"]).toMatchObject({ cover: "excluded" });
    expect(asked.map(({ path }) => path.split("?")[0])).toEqual([
      "/cluster/backup",
      "/cluster/backup-info/not-backed-up",
      "/storage",
      "/access/permissions",
      "/nodes/pve/storage/backups/content",
      "/nodes/pve/storage/local/content",
    ]);
  });

  test("what lies on a node that is off now is out of reach, not gone", async () => {
    const { read, content, client, ctx, forward } = house();
    content.splice(0, content.length);
    const local = { volid: "local:backup/a", vmid: 101, ctime: START / 1000 - 7200, verification: { state: "ok" } };
    content.push(local);
    expect((await read()).guests["101"]?.lastAt).toBe(new Date(START - 7_200_000).toISOString());
    forward(600_000);
    client.memory.answered({ at: ctx.now(), entries: Entries.parse(rows().map((row) => ("node" in row && row.type === "node" ? { ...row, status: "offline" } : row))) });
    expect(backups.state.parse(await backups.read(ctx)).guests["101"]?.lastAt).toBe(new Date(START - 7_200_000).toISOString());
  });

  test("reads the log of a failed run once, keeps the failure across a restart, and forgives it after a good backup", async () => {
    const failed = { upid: upid(START), endtime: START / 1000 + 5, status: "job errors" };
    const first = house();
    expect((await first.read([failed])).guests["101"]?.failure).toMatchObject({ kind: "lock", words: "VM 101 is locked (snapshot)", storage: "backups" });
    await first.read([failed]);
    expect(first.asked.filter(({ path }) => path.includes("/log"))).toHaveLength(1);

    const second = house(first.document);
    expect((await second.read()).guests["101"]?.failure).toMatchObject({ kind: "lock" });
    second.content.push({ volid: "backups:backup/vm/101/c", vmid: 101, ctime: START / 1000 + 3600, verification: { state: "ok" } });
    second.forward(900_000);
    await second.read();
    expect((await second.read()).guests["101"]).not.toHaveProperty("failure");
  });

  test("a later run that went well forgives at once, and a cancelled one is no failure", async () => {
    const { read } = house();
    const failed = { upid: upid(START), endtime: START / 1000 + 5, status: "job errors" };
    await read([failed]);
    expect((await read([failed, { upid: upid(START + 60_000), endtime: START / 1000 + 90, status: "OK" }])).guests["101"]).not.toHaveProperty("failure");
    expect((await house().read([{ ...failed, status: "received interrupt" }])).guests["101"]).not.toHaveProperty("failure");
  });
});

test("storages are sampled once a day, and what others keep in the document stays", async () => {
  const { ctx, document, forward } = house({ backupFailures: { "7": "theirs" } });
  const days: (number | undefined)[] = [];
  for (const used of [10, 20, 30, 40, 50]) {
    const storages = storagesOf(Entries.parse(rows(used)));
    await forecast(ctx, storages);
    days.push((await forecast(ctx, storages)).get("storage/shared/nas"));
    forward(DAY);
  }
  expect(days).toEqual([undefined, undefined, undefined, 6, 5]);
  expect(document.backupFailures).toEqual({ "7": "theirs" });
  expect(document.growth).toMatchObject({
    "storage/shared/nas": [
      [expect.any(Number), 10],
      [expect.any(Number), 20],
      [expect.any(Number), 30],
      [expect.any(Number), 40],
      [expect.any(Number), 50],
    ],
  });
});
