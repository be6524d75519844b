// When a backup server's trouble is told, what only looks like it, and how it is read.
import { describe, expect, test } from "bun:test";
import { Alert } from "../../../../core/contract/resource.ts";
import { serverAlerts } from "../../../../plugins/proxmox/alerts/backup-server.ts";
import { hungOn } from "../../../../plugins/proxmox/pbs/hung.ts";
import { pbs } from "../../../../plugins/proxmox/pbs/monitor.ts";
import { pendingBy } from "../../../../plugins/proxmox/pbs/pending.ts";
import { PbsTasks } from "../../../../plugins/proxmox/pbs/shapes.ts";
import type { Datastore } from "../../../../plugins/proxmox/pbs/state.ts";
import { fakeApi } from "../fake-api.ts";

const NOW = Date.UTC(2026, 5, 1, 12) / 1000;
const H = 3600;
const verify = (startedHoursAgo: number, hours?: number, more: object = {}) => ({
  upid: `UPID:pbs:${startedHoursAgo}`,
  worker_type: "verificationjob",
  worker_id: "main:v-nightly",
  starttime: NOW - startedHoursAgo * H,
  ...(hours === undefined ? {} : { endtime: NOW - (startedHoursAgo - hours) * H, status: "OK" }),
  ...more,
});
const NIGHTS = [30, 54, 78, 102].map((ago) => verify(ago, 0.4));
const LOCKED = {
  upid: "UPID:pbs:gc",
  worker_type: "garbage_collection",
  worker_id: "main",
  starttime: NOW - H,
  endtime: NOW - H + 1,
  status: "unable to lock datastore 'main': another task holds it",
};
const hung = (...rows: object[]) => hungOn("main", PbsTasks.parse(rows), NOW);

describe("a task that hangs", () => {
  test("runs far longer than its like while others cannot lock the datastore", () => {
    expect(hung(verify(6), LOCKED, ...NIGHTS)).toMatchObject({ type: "verificationjob", hours: 6, lockedOut: LOCKED.status });
  });

  test("or a whole day and ten times as long, whoever waits", () => {
    expect(hung(verify(25), ...NIGHTS)).toMatchObject({ hours: 25, lockedOut: undefined });
    expect(hung(verify(12), ...NIGHTS)).toBeUndefined();
  });

  test("is none when it is young, over, of another datastore, a long synchronisation, or has no like to be compared with", () => {
    expect(hung(verify(0.5), LOCKED, ...NIGHTS)).toBeUndefined();
    expect(hung(verify(6, 5), LOCKED, ...NIGHTS)).toBeUndefined();
    expect(hung(verify(6, undefined, { worker_id: "other:v" }), ...NIGHTS)).toBeUndefined();
    expect(hung(verify(60, undefined, { worker_type: "syncjob", worker_id: "elsewhere:main:main::s-first" }))).toBeUndefined();
    expect(hung(verify(60))).toBeUndefined();
  });
});

const AT = new Date(NOW * 1000).toISOString();
const store = (more: Partial<Datastore> = {}): Datastore => ({
  store: "main",
  resource: "storage/shared/backups",
  snapshots: 9,
  damaged: [],
  strange: [],
  collecting: false,
  unread: {},
  ...more,
});
const told = (one: Datastore, unreadable?: string, open: readonly Alert[] = []): Alert[] =>
  serverAlerts({ configured: true, at: AT, datastores: { main: one }, ...(unreadable === undefined ? {} : { unreadable }) }, open).map((alert) => Alert.parse(alert));

describe("a datastore", () => {
  const held = { upid: "UPID:pbs:x", type: "verificationjob", startedAt: AT, hours: 6, medianHours: 0.4, lockedOut: "unable to lock" };
  const late = { collectedAt: new Date((NOW - 60 * H) * 1000).toISOString(), collectEveryHours: 24 };

  test("held by a task that hangs is one alert, though garbage collection is late for it too", () => {
    expect(told(store({ hung: held, ...late })).map(({ key, resource }) => `${key} ${resource}`)).toEqual(["pbs-task-hung storage/shared/backups"]);
  });

  test("whose garbage collection missed two runs is told; one that is at it, has no schedule or is in time is not", () => {
    expect(told(store(late))[0]).toMatchObject({ key: "pbs-gc-overdue", severity: "warning" });
    const { collectEveryHours: _, ...unscheduled } = late;
    for (const more of [{ ...late, collecting: true }, unscheduled, { ...late, collectEveryHours: 168 }]) expect(told(store(more))).toEqual([]);
  });

  test("with damaged backups is told only of what nobody else tells", () => {
    expect(told(store({ damaged: ["vm/101"] }))).toEqual([]);
    expect(told(store({ damaged: ["vm/101", "host/nas"], strange: ["host/nas"] }))[0]).toMatchObject({ key: "pbs-verify-failed" });
  });

  test("that cannot be read now keeps what was told", () => {
    const open = told(store(late));
    expect(told(store(), "no answer", open)).toEqual(open);
    expect(told(store(late), "no answer")).toEqual([]);
  });
});

describe("the monitor", () => {
  const SERVER = { url: "https://10.0.0.9:8007", token: "jarvis@pbs!observe:00000000-0000-4000-8000-000000000002", fingerprint: Array.from({ length: 32 }, () => "CC").join(":") };
  const answers: Record<string, unknown> = {
    "/storage": [{ storage: "backups", type: "pbs", datastore: "main", content: "backup" }],
    "/status/datastore-usage": [{ store: "main", total: 100, used: 60 }],
    "/admin/gc": [{ store: "main", schedule: "daily", "last-run-endtime": NOW - H, "last-run-state": "OK", "pending-bytes": 30 }],
    "/nodes/localhost/tasks": [],
    "/admin/datastore/main/namespace": [{ ns: "" }],
    "/admin/datastore/main/snapshots": [
      { "backup-type": "vm", "backup-id": "101", "backup-time": 1, verification: { state: "failed" } },
      { "backup-type": "vm", "backup-id": "101", "backup-time": 2, verification: { state: "ok" } },
      { "backup-type": "host", "backup-id": "nas", "backup-time": 2, verification: { state: "failed" } },
    ],
  };

  test("reads the server with its own token and pin, knows the storage it is, and what garbage collection will free", async () => {
    const api = fakeApi(({ path }) => ({ body: { data: answers[path.split("?")[0] ?? ""] } }), { pbs: SERVER });
    const now = pbs.state.parse(await pbs.read(api.ctx));
    expect(now.datastores.main).toMatchObject({
      resource: "storage/shared/backups",
      usedBytes: 60,
      snapshots: 3,
      damaged: ["host/nas"],
      strange: ["host/nas"],
      collectEveryHours: 24,
    });
    expect([...pendingBy(api.client)]).toEqual([["storage/shared/backups", 30]]);
    const there = api.asked.filter(({ origin }) => origin === SERVER.url);
    expect(
      there.every(({ method, headers, fingerprint }) => method === "GET" && headers.authorization === `PBSAPIToken=${SERVER.token}` && fingerprint === SERVER.fingerprint),
    ).toBe(true);
    expect(there).toHaveLength(5);
  });

  test("without one asks nobody, and one that refuses is told in words beside the last picture", async () => {
    const none = fakeApi(() => ({}));
    expect(await pbs.read(none.ctx)).toEqual({ configured: false, datastores: {} });
    expect(none.asked).toEqual([]);
    for (const [status, words] of [
      [401, "does not know the token jarvis@pbs!observe"],
      [403, "Datastore.Audit on /datastore"],
      [404, "port 8007"],
      [500, "failed at GET"],
    ] as const) {
      const api = fakeApi(() => ({ status, raw: "no" }), { pbs: SERVER });
      const now = pbs.state.parse(await pbs.read(api.ctx));
      expect(now.unreadable).toContain(words);
      expect(now.unreadable).not.toContain("00000000-0000-4000-8000-000000000002");
    }
  });
});
