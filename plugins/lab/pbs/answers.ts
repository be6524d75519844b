// The backup server's answers by path, in the shapes of its API viewer: versions, datastores, snapshots, groups, garbage collection, verification, tasks.
import type { Backup } from "../world/state.ts";
import { usageOf } from "../world/storage.ts";
import type { Datastore, Pbs } from "./state.ts";
import type { PbsTask } from "./tasks.ts";

const DAY_S = 86_400;
const DEFAULT_TASKS = 50;
const HISTORY_POINTS = 30;
const OWNER = "root@pam";

/** When garbage collections became jobs that can be listed. */
const JOBS_SINCE = "3.2";

const numberOf = (release: string): number => {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  return major * 1000 + minor;
};
const knows = (release: string, since: string): boolean => numberOf(since) <= numberOf(release);

export interface PbsCall {
  pbs: Pbs;
  held: Readonly<Record<string, string>>;
  query: URLSearchParams;
  user: string;
}

export interface Refusal extends Error {
  status: number;
}
export const refusal = (status: number, message: string): Refusal => Object.assign(new Error(message), { status });

const usage = ({ world }: Pbs, { storage }: Datastore) => usageOf(world, storage, [...world.nodes.keys()][0] ?? "");

function storeOf({ pbs, held }: PbsCall): Datastore {
  const datastore = pbs.find(held.store ?? "");
  if (!datastore) throw refusal(400, `no such datastore '${held.store}'`);
  return datastore;
}

const gcStatus = ({ gc, store }: Datastore) => ({
  ...(gc.upid ? { upid: gc.upid } : {}),
  "index-file-count": 212,
  "index-data-bytes": 2_914_558_738_432,
  "disk-bytes": 801_446_338_560,
  "disk-chunks": 402_113,
  "removed-bytes": gc.removedBytes,
  "removed-chunks": gc.removedChunks,
  "pending-bytes": gc.pendingBytes,
  "pending-chunks": gc.pendingChunks,
  "removed-bad": 0,
  "still-bad": 0,
  store,
  ...(gc.endedAt > 0 ? { "last-run-endtime": Math.floor(gc.endedAt / 1000), "last-run-state": gc.state, duration: Math.floor(gc.durationMs / 1000) } : {}),
  schedule: "daily",
});

/** Before 3.2 it tells what a run did, and neither when nor how often one is due. */
function gcOf(call: PbsCall) {
  const status = gcStatus(storeOf(call));
  if (knows(call.pbs.world.backupRelease, JOBS_SINCE)) return status;
  const jobs = new Set(["schedule", "last-run-endtime", "last-run-state", "duration"]);
  return Object.fromEntries(Object.entries(status).filter(([key]) => !jobs.has(key)));
}

/** Days until it is full at the world's growth; none when it shrinks. */
function fullAt(pbs: Pbs, avail: number): number {
  const growth = 1.1 * 1_073_741_824;
  return Math.floor(pbs.world.clock.now() / 1000 + (avail / growth) * DAY_S);
}

const usages = ({ pbs }: PbsCall) =>
  pbs.datastores.map((datastore) => {
    const { total, used, avail } = usage(pbs, datastore);
    const now = Math.floor(pbs.world.clock.now() / 1000);
    return {
      store: datastore.store,
      total,
      used,
      avail,
      "mount-status": "nonremovable",
      history: Array.from({ length: HISTORY_POINTS }, (_, day) => (used - (HISTORY_POINTS - 1 - day) * 1.1 * 1_073_741_824) / total),
      "history-start": now - (HISTORY_POINTS - 1) * DAY_S,
      "history-delta": DAY_S,
      "estimated-full-date": fullAt(pbs, avail),
      "gc-status": gcStatus(datastore),
    };
  });

const typeOf = (backup: Backup): string => (backup.kind === "qemu" ? "vm" : "ct");
const archives = (backup: Backup): { filename: string; size: number; "crypt-mode": string }[] => {
  const image =
    backup.kind === "qemu"
      ? [
          { filename: "qemu-server.conf.blob", size: 702 },
          { filename: "drive-scsi0.img.fidx", size: backup.sizeBytes },
        ]
      : [
          { filename: "pct.conf.blob", size: 402 },
          { filename: "root.pxar.didx", size: backup.sizeBytes },
        ];
  return [...image, { filename: "index.json.blob", size: 611 }].map((file) => ({ ...file, "crypt-mode": "none" }));
};

const snapshotOf = (backup: Backup) => ({
  "backup-type": typeOf(backup),
  "backup-id": String(backup.vmid),
  "backup-time": backup.ctime,
  size: backup.sizeBytes,
  owner: OWNER,
  comment: backup.notes,
  protected: backup.protected ?? false,
  files: archives(backup),
  ...(backup.damaged || backup.verified
    ? {
        verification: {
          state: backup.damaged ? "failed" : "ok",
          upid: `UPID:pbs:00000B1C:0000A2F1:00000A31:${backup.ctime.toString(16).toUpperCase().padStart(8, "0")}:verificationjob:main:root@pam:`,
        },
      }
    : {}),
});

function inNamespace(pbs: Pbs, datastore: Datastore, ns: string): readonly Backup[] {
  const found = ns === "" ? pbs.snapshots(datastore) : datastore.others.get(ns);
  if (!found) throw refusal(400, `namespace '${ns}' does not exist on datastore '${datastore.store}'`);
  return found;
}

function chosen(call: PbsCall): Backup[] {
  const { query, pbs } = call;
  const [type, id] = [query.get("backup-type"), query.get("backup-id")];
  return inNamespace(pbs, storeOf(call), query.get("ns") ?? "").filter((backup) => (!type || typeOf(backup) === type) && (!id || String(backup.vmid) === id));
}

function groups(call: PbsCall) {
  const byGroup = Map.groupBy(inNamespace(call.pbs, storeOf(call), call.query.get("ns") ?? ""), (backup) => `${typeOf(backup)}/${backup.vmid}`);
  return [...byGroup.values()].map((list) => {
    const [newest] = [...list].sort((a, b) => b.ctime - a.ctime);
    if (!newest) throw refusal(500, "a group without snapshots");
    return {
      "backup-type": typeOf(newest),
      "backup-id": String(newest.vmid),
      "last-backup": newest.ctime,
      "backup-count": list.length,
      files: archives(newest).map((file) => file.filename),
      owner: OWNER,
      comment: newest.notes,
    };
  });
}

const taskRow = (task: PbsTask) => ({
  upid: task.upid,
  node: task.node,
  pid: task.pid,
  pstart: task.pstart,
  starttime: task.starttime,
  worker_type: task.worker_type,
  worker_id: task.worker_id,
  user: task.user,
  ...(task.exit === undefined ? {} : { endtime: task.endtime, status: task.exit }),
});

function tasks({ pbs, query }: PbsCall) {
  const running = query.get("running") === "1" || query.get("running") === "true";
  const errors = query.get("errors") === "1" || query.get("errors") === "true";
  const [store, type, since] = [query.get("store"), query.get("typefilter"), Number(query.get("since") ?? 0)];
  const start = Number(query.get("start") ?? 0) || 0;
  const limit = Number(query.get("limit") ?? DEFAULT_TASKS);
  const rows = pbs.tasks
    .all()
    .filter(
      (task) =>
        (!running || task.exit === undefined) &&
        (!errors || (task.exit !== undefined && task.exit !== "OK")) &&
        (!store || task.worker_id.split(":")[0] === store) &&
        (!type || task.worker_type.includes(type)) &&
        task.starttime >= since,
    );
  return rows.slice(start, limit > 0 ? start + limit : undefined).map(taskRow);
}

function taskOf({ pbs, held }: PbsCall): PbsTask {
  const task = pbs.tasks.find(held.upid ?? "");
  if (!task) throw refusal(400, `no such task '${held.upid}'`);
  return task;
}

const verifyJobs = ({ pbs }: PbsCall) =>
  pbs.datastores.map(({ store }) => ({
    id: "v-nightly",
    store,
    schedule: "daily",
    "ignore-verified": true,
    "outdated-after": 30,
    "last-run-state": pbs.tasks.all().find((task) => task.worker_type === "verificationjob" && task.exit !== undefined)?.exit ?? "OK",
  }));

interface PbsRoute {
  method: "GET" | "POST";
  path: string;
  /** The first release that knows it. */
  since?: string;
  run(call: PbsCall): unknown;
}

export const routesOf = (release: string): PbsRoute[] => PBS_ROUTES.filter(({ since }) => since === undefined || knows(release, since));

const PBS_ROUTES: readonly PbsRoute[] = [
  {
    method: "GET",
    path: "/version",
    run: ({ pbs }) => ({ version: pbs.world.backupRelease, release: "1", repoid: "9a1c5d70" }),
  },
  { method: "GET", path: "/admin/datastore", run: ({ pbs }) => pbs.datastores.map(({ store }) => ({ store, comment: "the home's backups", "mount-status": "nonremovable" })) },
  {
    method: "GET",
    path: "/config/datastore",
    run: ({ pbs }) => pbs.datastores.map(({ store }) => ({ name: store, path: `/mnt/datastore/${store}`, "gc-schedule": "daily", "verify-new": false })),
  },
  { method: "GET", path: "/status/datastore-usage", run: usages },
  {
    method: "GET",
    path: "/admin/datastore/{store}/status",
    run: (call) => ({
      ...usage(call.pbs, storeOf(call)),
      counts: {
        ct: { groups: groups(call).filter((one) => one["backup-type"] === "ct").length, snapshots: chosen(call).filter((one) => one.kind === "lxc").length },
        vm: { groups: groups(call).filter((one) => one["backup-type"] === "vm").length, snapshots: chosen(call).filter((one) => one.kind === "qemu").length },
      },
      "gc-status": gcStatus(storeOf(call)),
    }),
  },
  { method: "GET", path: "/admin/datastore/{store}/snapshots", run: (call) => chosen(call).map(snapshotOf) },
  { method: "GET", path: "/admin/datastore/{store}/groups", run: groups },
  { method: "GET", path: "/admin/datastore/{store}/namespace", since: "2.2", run: (call) => ["", ...storeOf(call).others.keys()].map((ns) => ({ ns })) },
  { method: "GET", path: "/admin/datastore/{store}/gc", run: (call) => gcOf(call) },
  { method: "POST", path: "/admin/datastore/{store}/gc", run: (call) => call.pbs.collect(storeOf(call), call.user).upid },
  { method: "POST", path: "/admin/datastore/{store}/verify", run: (call) => call.pbs.verify(storeOf(call), call.user).upid },
  { method: "GET", path: "/admin/gc", since: JOBS_SINCE, run: ({ pbs }) => pbs.datastores.map(gcStatus) },
  { method: "GET", path: "/admin/verify", run: verifyJobs },
  { method: "GET", path: "/admin/sync", run: () => [] },
  { method: "GET", path: "/admin/prune", run: ({ pbs }) => pbs.datastores.map(({ store }) => ({ id: "p-daily", store, schedule: "daily", "keep-daily": 7, "keep-weekly": 4 })) },
  { method: "GET", path: "/nodes/{node}/tasks", run: tasks },
  {
    method: "GET",
    path: "/nodes/{node}/tasks/{upid}/status",
    run: (call) => ({
      ...taskRow(taskOf(call)),
      type: taskOf(call).worker_type,
      id: taskOf(call).worker_id,
      status: taskOf(call).exit === undefined ? "running" : "stopped",
      ...(taskOf(call).exit === undefined ? {} : { exitstatus: taskOf(call).exit }),
    }),
  },
  { method: "GET", path: "/nodes/{node}/tasks/{upid}/log", run: (call) => taskOf(call).log.map((line, index) => ({ n: index + 1, t: line })) },
  { method: "GET", path: "/access/permissions", run: () => ({ "/datastore": { "Datastore.Audit": 1 }, "/system/status": { "Sys.Audit": 1 } }) },
];
