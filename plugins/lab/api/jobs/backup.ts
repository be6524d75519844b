// Backup jobs: read, made, changed, dropped; which volumes a job takes along, and which guests no job names.
import { badParameters, failure, forbidden } from "../../front/failure.ts";
import { FLAG, flagOf, type Parameters, type Rules, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, post, put, type Route, remove } from "../../front/route.ts";
import { guestsOf, uncovered } from "../../world/jobs/backup.ts";
import { nextRun } from "../../world/jobs/schedule.ts";
import type { BackupJob } from "../../world/jobs/shape.ts";
import { type Dialect, seconds, type World } from "../../world/state.ts";
import { diskVolume } from "../../world/storage.ts";
import { noteChange } from "../work.ts";
import { refuseSchedule } from "./calendar.ts";
import { dumpRules } from "./dump-rules.ts";

const MAX_JOBS = 1_000;
const OWN = new Set(["id", "enabled", "schedule", "storage", "mode", "all", "vmid", "exclude", "pool", "node", "comment", "prune-backups", "delete", "dow", "starttime"]);

const pruneOf = (text: string): Record<string, string> => Object.fromEntries(text.split(",").map((part): [string, string] => [part.split("=")[0] ?? "", part.split("=")[1] ?? ""]));

function shown(world: World, job: BackupJob): Record<string, unknown> {
  const next = job.enabled ? nextRun(job.schedule, world.clock.now()) : undefined;
  return {
    ...job.rest,
    id: job.id,
    type: "vzdump",
    enabled: job.enabled ? 1 : 0,
    schedule: job.schedule,
    storage: job.storage,
    mode: job.mode,
    ...(job.all ? { all: 1 } : {}),
    ...(job.vmids.length > 0 ? { vmid: job.vmids.join(",") } : {}),
    ...(job.exclude.length > 0 ? { exclude: job.exclude.join(",") } : {}),
    ...(job.pool ? { pool: job.pool } : {}),
    ...(job.node ? { node: job.node } : {}),
    ...(job.comment ? { comment: job.comment } : {}),
    ...(job.prune ? { "prune-backups": pruneOf(job.prune) } : {}),
    ...(next === undefined ? {} : { "next-run": seconds(next) }),
  };
}

function jobOf({ world, path }: Call): BackupJob {
  const job = world.backupJobs.find((one) => one.id === path.id);
  if (!job) throw badParameters({ id: `No such job '${path.id}'` });
  return job;
}

const ids = (text: string | undefined): number[] =>
  text
    ?.split(/[,;\s]+/)
    .filter(Boolean)
    .map(Number) ?? [];

function restOf(parameters: Parameters): Record<string, string | number> {
  const rest: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(parameters)) {
    if (OWN.has(key)) continue;
    if (typeof value === "boolean") rest[key] = value ? 1 : 0;
    else if (typeof value === "string" || typeof value === "number") rest[key] = value;
  }
  return rest;
}

/** `starttime` and `dow` are how jobs were written before schedules. */
function scheduleIn(parameters: Parameters): string | undefined {
  const schedule = textOf(parameters, "schedule");
  const time = textOf(parameters, "starttime");
  if (schedule !== undefined || time === undefined) return schedule;
  return `${textOf(parameters, "dow") ?? "mon..sun"} ${time}`;
}

function write(call: Call, job: BackupJob): void {
  const { parameters, world } = call;
  const schedule = scheduleIn(parameters);
  refuseSchedule(schedule);
  const storage = textOf(parameters, "storage");
  if (storage !== undefined && !world.storages.some((one) => one.name === storage)) throw failure(500, `storage '${storage}' does not exist`);
  for (const key of ["tmpdir", "dumpdir", "script"]) if (parameters[key] !== undefined && call.who !== "root@pam") throw forbidden(`only root@pam may set '${key}'`);
  const pool = textOf(parameters, "pool");
  if (pool !== undefined && !world.pools.has(pool)) throw failure(500, `pool '${pool}' does not exist`);
  const mode = textOf(parameters, "mode");
  Object.assign(job, {
    ...(schedule ? { schedule } : {}),
    ...(storage ? { storage } : {}),
    ...(mode ? { mode } : {}),
    ...(pool ? { pool, all: false, vmids: [] } : {}),
    ...(parameters.enabled === undefined ? {} : { enabled: flagOf(parameters, "enabled") }),
    ...(parameters.all === undefined ? {} : { all: flagOf(parameters, "all") }),
    ...(textOf(parameters, "vmid") ? { vmids: ids(textOf(parameters, "vmid")), all: false } : {}),
    ...(textOf(parameters, "exclude") ? { exclude: ids(textOf(parameters, "exclude")), all: true } : {}),
    ...(textOf(parameters, "node") ? { node: textOf(parameters, "node") } : {}),
    ...(textOf(parameters, "comment") ? { comment: textOf(parameters, "comment") } : {}),
    ...(textOf(parameters, "prune-backups") ? { prune: textOf(parameters, "prune-backups") } : {}),
    rest: { ...job.rest, ...restOf(parameters) },
  });
}

function create(call: Call): null {
  const { world, parameters } = call;
  if (world.backupJobs.length >= MAX_JOBS) throw failure(500, "too many jobs");
  const id = textOf(parameters, "id") ?? `backup-${crypto.randomUUID().slice(0, 13)}`;
  if (world.backupJobs.some((one) => one.id === id)) throw badParameters({ id: `Job '${id}' already exists` });
  if (scheduleIn(parameters) === undefined) throw badParameters({ schedule: "property is missing and it is not optional" });
  const job: BackupJob = { id, enabled: true, schedule: "00:00", storage: "local", mode: "snapshot", all: false, vmids: [], exclude: [], rest: {} };
  write(call, job);
  if (!job.all && !job.pool && job.vmids.length === 0) throw badParameters({ vmid: "property is missing and it is not optional" });
  world.backupJobs.push(job);
  noteChange(call, `job/${id}`);
  return null;
}

function change(call: Call): null {
  const job = jobOf(call);
  write(call, job);
  for (const key of textOf(call.parameters, "delete")?.split(/[,;\s]+/) ?? []) {
    if (key === "exclude") job.exclude = [];
    else if (key === "vmid") job.vmids = [];
    else if (key === "all") job.all = false;
    else if (key === "pool" || key === "node" || key === "comment") delete job[key];
    else if (key === "prune-backups") delete job.prune;
    else delete job.rest[key];
  }
  noteChange(call, `job/${job.id}`);
  return null;
}

function drop(call: Call): null {
  const job = jobOf(call);
  call.world.backupJobs.splice(call.world.backupJobs.indexOf(job), 1);
  noteChange(call, `job/${job.id}`);
  return null;
}

function volumes(call: Call): unknown {
  const children = guestsOf(call.world, jobOf(call)).map((guest) => {
    const name = guest.kind === "qemu" ? "scsi0" : "rootfs";
    return { id: guest.vmid, name: guest.seed.name, type: guest.kind, children: [{ id: `${guest.vmid}:${name}`, name: diskVolume(guest), included: 1, reason: "enabled" }] };
  });
  return { children };
}

const audit = needs("/", "Sys.Audit");
const modify = needs("/", "Sys.Modify");
const MORE: Rules = {
  enabled: FLAG,
  schedule: { ...TEXT, maxLength: 128 },
  starttime: { ...TEXT, pattern: /^\d{1,2}:\d{1,2}$/ },
  dow: TEXT,
  comment: { ...TEXT, maxLength: 512 },
  "repeat-missed": FLAG,
  node: TEXT,
};

export const backupRoutes = (dialect: Dialect): Route[] => [
  get("/cluster/backup", ({ world }) => world.backupJobs.map((job) => shown(world, job)), audit),
  post("/cluster/backup", create, { ...modify, rules: { ...dumpRules(dialect), ...MORE, id: { ...TEXT, maxLength: 50 } } }),
  get("/cluster/backup/{id}", (call) => shown(call.world, jobOf(call)), audit),
  put("/cluster/backup/{id}", change, { ...modify, rules: { ...dumpRules(dialect), ...MORE, delete: TEXT } }),
  remove("/cluster/backup/{id}", drop, modify),
  get("/cluster/backup/{id}/included_volumes", volumes, audit),
  get("/cluster/backup-info", () => [{ subdir: "not-backed-up" }], audit),
  get(
    "/cluster/backup-info/not-backed-up",
    ({ world, who }) =>
      uncovered(world)
        .filter((guest) => world.accounts.may(who, `/vms/${guest.vmid}`, "VM.Audit"))
        .map((guest) => ({ vmid: guest.vmid, type: guest.kind, name: guest.seed.name })),
    audit,
  ),
];
