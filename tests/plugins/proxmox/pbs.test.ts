// The backup server part by part: one that cannot be read leaves the others, older releases are asked their way, and namespaces count.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { pbs } from "../../../plugins/proxmox/pbs/monitor.ts";
import { Entries } from "../../../plugins/proxmox/shapes/resources.ts";
import { fakeApi } from "./fake-api.ts";
import { type House, openHouse } from "./house.ts";

const SERVER = { url: "https://10.0.0.9:8007", token: "jarvis@pbs!observe:00000000-0000-4000-8000-000000000002", fingerprint: Array.from({ length: 32 }, () => "CC").join(":") };
const NOW = Date.UTC(2026, 5, 1, 12) / 1000;
const HOUR = 3600;
const damaged = (id: string) => [{ "backup-type": "vm", "backup-id": id, "backup-time": 5, verification: { state: "failed" } }];

const server = (first: Record<string, unknown>) => {
  let answers: Record<string, unknown> = {
    "/storage": [{ storage: "backups", type: "pbs", datastore: "main", namespace: "home", content: "backup" }],
    "/status/datastore-usage": [{ store: "main", total: 100, used: 60 }],
    "/admin/gc": [{ store: "main", schedule: "daily", "last-run-endtime": NOW - HOUR, "last-run-state": "OK", "pending-bytes": 30 }],
    "/nodes/localhost/tasks": [],
    "/admin/datastore/main/namespace": [{ ns: "" }, { ns: "home" }, { ns: "cabin" }],
    "/admin/datastore/main/snapshots": [],
    ...first,
  };
  const api = fakeApi(
    ({ path }) => {
      const [bare = "", query = ""] = path.split("?");
      const answer = answers[path] ?? answers[bare];
      if (typeof answer === "string") return { status: 400, raw: answer };
      if (answer === undefined) return { status: 404, raw: `Path '/api2/json${bare}' not found.` };
      return { body: { data: query.includes("ns=") && answers[path] === undefined ? [] : answer } };
    },
    { pbs: SERVER },
  );
  const read = async () => pbs.state.parse(await pbs.read(api.ctx));
  const turn = (more: Record<string, unknown>): void => {
    answers = { ...answers, ...more };
  };
  return { ...api, read, turn };
};

describe("namespaces", () => {
  test("are read each, and a damaged backup is strange where this cluster does not write", async () => {
    const house = server({
      "/admin/datastore/main/snapshots": damaged("101"),
      "/admin/datastore/main/snapshots?ns=home": damaged("101"),
      "/admin/datastore/main/snapshots?ns=cabin": damaged("101"),
    });
    house.client.memory.answered({ at: house.ctx.now(), entries: Entries.parse([{ type: "qemu", vmid: 101, node: "pve" }]) });
    expect((await house.read()).datastores.main).toMatchObject({
      snapshots: 3,
      namespaces: 3,
      damaged: ["vm/101", "home: vm/101", "cabin: vm/101"],
      strange: ["vm/101", "cabin: vm/101"],
      unread: {},
    });
  });

  test("that cannot be read leave what was seen last, in words, and the rest is as it is now", async () => {
    const house = server({ "/admin/datastore/main/snapshots?ns=cabin": damaged("7") });
    await house.read();
    house.turn({ "/admin/datastore/main/snapshots?ns=cabin": "permission check failed", "/status/datastore-usage": [{ store: "main", total: 100, used: 70 }] });
    const now = await house.read();
    expect(now.unreadable).toBeUndefined();
    expect(now.datastores.main).toMatchObject({ usedBytes: 70, snapshots: 1, damaged: ["cabin: vm/7"], unread: { snapshots: expect.stringContaining("permission check failed") } });
    const before = pbs.alerts?.(now, { before: undefined, open: [] }) ?? [];
    expect(before).toEqual([]);
  });
});

describe("an older release", () => {
  const OLD = {
    "/admin/gc": undefined,
    "/admin/datastore/main/gc": { "pending-bytes": 12 },
    "/config/datastore": [{ name: "main", "gc-schedule": "daily" }],
    "/nodes/localhost/tasks": [{ upid: "UPID:pbs:gc", worker_type: "garbage_collection", worker_id: "main", starttime: NOW - 60 * HOUR, endtime: NOW - 59 * HOUR, status: "OK" }],
  };

  test("tells of garbage collection one datastore at a time, and a late one is told all the same", async () => {
    const now = await server(OLD).read();
    expect(now.datastores.main).toMatchObject({ pendingBytes: 12, collected: "OK", collectEveryHours: 24, unread: {} });
    expect((pbs.alerts?.(now, { before: undefined, open: [] }) ?? []).map(({ key }) => key)).toEqual(["pbs-gc-overdue"]);
  });

  test("without namespaces has its root", async () => {
    expect((await server({ "/admin/datastore/main/namespace": undefined, "/admin/datastore/main/snapshots": damaged("1") }).read()).datastores.main).toMatchObject({
      snapshots: 1,
      namespaces: 1,
      unread: {},
    });
  });
});

test("a datastore in error or maintenance is told by its words, keeps its last figures, and the others are read", async () => {
  const rows = [
    { store: "main", total: 100, used: 60 },
    { store: "second", total: 50, used: 5 },
  ];
  const house = server({ "/status/datastore-usage": rows, "/admin/datastore/second/namespace": [{ ns: "" }], "/admin/datastore/second/snapshots": damaged("9") });
  await house.read();
  house.turn({
    "/status/datastore-usage": [
      { store: "main", error: "datastore 'main' is in offline maintenance mode" },
      { store: "second", total: 50, used: 6 },
    ],
  });
  const { main, second } = (await house.read()).datastores;
  expect(main).toMatchObject({
    usedBytes: 60,
    snapshots: 0,
    unread: { room: "datastore 'main' is in offline maintenance mode", snapshots: expect.stringContaining("maintenance") },
  });
  expect(second).toMatchObject({ usedBytes: 6, snapshots: 1, unread: {} });
});

test("tasks or garbage collection that cannot be read keep what is told, and begin nothing", async () => {
  const late = [{ store: "main", schedule: "daily", "last-run-endtime": NOW - 60 * HOUR, "last-run-state": "OK" }];
  const house = server({ "/admin/gc": late });
  const open = pbs.alerts?.(await house.read(), { before: undefined, open: [] }) ?? [];
  expect(open.map(({ key }) => key)).toEqual(["pbs-gc-overdue"]);
  house.turn({ "/admin/gc": "no permissions" });
  const now = await house.read();
  expect(now.datastores.main?.unread.collection).toContain("no permissions");
  expect(pbs.alerts?.(now, { before: now, open })).toEqual(open);
  expect(pbs.alerts?.(now, { before: now, open: [] })).toEqual([]);
});

describe("over the lab's", () => {
  const Where = z.looseObject({ pbs: z.object({ url: z.string(), fingerprint: z.string(), tokens: z.object({ read: z.string() }) }) });
  const dir = mkdtempSync(join(tmpdir(), "jarvis-pbs-"));
  let house: House;
  beforeAll(async () => {
    const file = join(dir, "world.json");
    writeFileSync(file, JSON.stringify({ base: "home", backupServer: { release: "3.1.5" } }));
    house = await openHouse(10, {}, ["--world", file]);
  }, 60_000);
  afterAll(async () => {
    await house?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test("old server: every part is there, another house's namespace too", async () => {
    const { pbs: where } = Where.parse(house.lab.ready);
    const now = pbs.state.parse(await pbs.read({ ...house.ctx, config: { ...house.config, pbs: { url: where.url, token: where.tokens.read, fingerprint: where.fingerprint } } }));
    expect(now.unreadable).toBeUndefined();
    expect(now.datastores.main).toMatchObject({ namespaces: 2, unread: {}, collected: "OK", collectEveryHours: 24, strange: [] });
    expect(now.datastores.main?.snapshots ?? 0).toBeGreaterThan(6);
  }, 60_000);
});
