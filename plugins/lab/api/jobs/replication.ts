// Replication: the jobs (cluster) and how each of them goes (node), and running one now.
import { badParameters, failure, forbidden } from "../../front/failure.ts";
import { COUNT, FLAG, flagOf, numberOf, oneOf, required, TEXT, textOf } from "../../front/parameters.ts";
import { answer, type Call, get, post, put, type Route, remove } from "../../front/route.ts";
import { runReplication, USUAL_SCHEDULE } from "../../world/jobs/replicate.ts";
import { nextRun } from "../../world/jobs/schedule.ts";
import type { ReplicationJob } from "../../world/jobs/shape.ts";
import { seconds, type World } from "../../world/state.ts";
import { noteChange } from "../work.ts";
import { refuseSchedule } from "./calendar.ts";

const LOG_LIMIT = 50;
const REMOVAL_MS = 5_000;

const sees = (call: Call, job: ReplicationJob): boolean => call.world.accounts.may(call.who, `/vms/${job.guest}`, "VM.Audit");

function refuse(call: Call, guest: number): void {
  const privilege = call.world.dialect === "9.1" ? "VM.Replicate" : "Datastore.Allocate";
  const path = call.world.dialect === "9.1" ? `/vms/${guest}` : "/storage";
  if (!call.world.accounts.may(call.who, path, privilege)) throw forbidden(`${path}, ${privilege}`);
}

function shown(world: World, job: ReplicationJob) {
  const jobnum = Number(job.id.split("-")[1] ?? 0);
  return {
    id: job.id,
    type: "local",
    guest: job.guest,
    jobnum,
    source: world.guests.get(job.guest)?.node ?? "",
    target: job.target,
    ...(job.schedule ? { schedule: job.schedule } : {}),
    ...(job.rateMBps ? { rate: job.rateMBps } : {}),
    ...(job.comment ? { comment: job.comment } : {}),
    ...(job.disabled ? { disable: 1 } : {}),
    ...(job.removing ? { remove_job: job.removing } : {}),
  };
}

const progress = (world: World, job: ReplicationJob) => ({
  ...shown(world, job),
  schedule: job.schedule ?? USUAL_SCHEDULE,
  vmtype: world.guests.get(job.guest)?.kind ?? "qemu",
  last_sync: seconds(job.lastSync),
  last_try: seconds(job.lastTry),
  next_sync: seconds(job.nextSync),
  fail_count: job.failCount,
  duration: job.durationSeconds,
  ...(job.error ? { error: `${job.error}\n` } : {}),
});

function jobOf(call: Call): ReplicationJob {
  const job = call.world.replication.find((one) => one.id === call.path.id);
  if (!job) throw failure(500, `no such replication job '${call.path.id}'`);
  if (!sees(call, job)) throw forbidden(`/vms/${job.guest}, VM.Audit`);
  return job;
}

function create(call: Call): null {
  const { world, parameters } = call;
  const id = textOf(parameters, "id") ?? "";
  const guest = Number(/^(\d+)-\d+$/.exec(id)?.[1] ?? Number.NaN);
  if (Number.isNaN(guest)) throw badParameters({ id: `invalid format - invalid replication job id '${id}'\n` });
  refuse(call, guest);
  const [target = "", schedule, comment] = [textOf(parameters, "target"), textOf(parameters, "schedule"), textOf(parameters, "comment")];
  refuseSchedule(schedule);
  const about = world.guests.get(guest);
  if (!about) throw failure(500, `guest '${guest}' does not exist`);
  if (!world.nodes.has(target) || target === about.node) throw failure(500, target === about.node ? "source and target are the same node" : `no such cluster node '${target}'`);
  if (world.storages.find((one) => one.name === about.seed.storage)?.seed.type !== "zfspool") throw failure(500, `no replicatable volumes found`);
  if (world.replication.some((job) => job.id === id)) throw failure(500, `replication job '${id}' already exists`);
  const rate = parameters.rate;
  world.replication.push({
    id,
    guest,
    target,
    ...(schedule ? { schedule } : {}),
    ...(comment ? { comment } : {}),
    ...(typeof rate === "number" ? { rateMBps: rate } : {}),
    disabled: flagOf(parameters, "disable"),
    lastSync: 0,
    lastTry: 0,
    nextSync: nextRun(schedule ?? USUAL_SCHEDULE, world.clock.now()) ?? world.clock.now(),
    durationSeconds: 4.2,
    failCount: 0,
    log: [],
  });
  noteChange(call, `guest/${guest}`);
  return null;
}

function change(call: Call): null {
  const job = jobOf(call);
  refuse(call, job.guest);
  const [schedule, comment] = [textOf(call.parameters, "schedule"), textOf(call.parameters, "comment")];
  refuseSchedule(schedule);
  if (schedule) job.schedule = schedule;
  if (comment !== undefined) job.comment = comment;
  if (call.parameters.disable !== undefined) job.disabled = flagOf(call.parameters, "disable");
  const dropped = textOf(call.parameters, "delete")?.split(/[,;\s]+/) ?? [];
  if (dropped.includes("disable")) job.disabled = false;
  if (dropped.includes("schedule")) delete job.schedule;
  if (dropped.includes("comment")) delete job.comment;
  noteChange(call, `guest/${job.guest}`);
  return null;
}

function drop(call: Call): null {
  const job = jobOf(call);
  refuse(call, job.guest);
  job.removing = flagOf(call.parameters, "keep") ? "local" : "full";
  const { replication, clock } = call.world;
  clock.after(flagOf(call.parameters, "force") ? 0 : REMOVAL_MS, () => void replication.splice(replication.indexOf(job), 1));
  noteChange(call, `guest/${job.guest}`);
  return null;
}

const mine = (call: Call): ReplicationJob[] => call.world.replication.filter((job) => sees(call, job) && call.world.guests.get(job.guest)?.node === call.path.node);

function log(call: Call): unknown {
  const { log: lines } = jobOf(call);
  const [start, limit] = [numberOf(call.parameters, "start") ?? 0, numberOf(call.parameters, "limit") ?? LOG_LIMIT];
  const page = lines.slice(start, limit > 0 ? start + limit : undefined).map((t, index) => ({ n: start + index + 1, t }));
  return answer(page.length > 0 ? page : [{ n: 1, t: "no content" }], { total: Math.max(1, lines.length) });
}

/** pvescheduler picks it up in its next minute; the answer is the job, no UPID. */
function now(call: Call): string {
  const job = jobOf(call);
  if (!call.world.accounts.may(call.who, `/vms/${job.guest}`, "VM.Replicate") && !call.world.accounts.may(call.who, "/storage", "Datastore.Allocate"))
    throw forbidden(`/vms/${job.guest}, VM.Replicate`);
  job.nextSync = call.world.clock.now();
  void runReplication(call.world, job).catch(() => undefined);
  noteChange(call, `guest/${job.guest}`);
  return job.id;
}

const CHANGE = {
  comment: { ...TEXT, maxLength: 4_096 },
  disable: FLAG,
  rate: { type: "number", min: 1 },
  remove_job: oneOf("local", "full"),
  schedule: { ...TEXT, maxLength: 128 },
  source: TEXT,
} as const;

export const replicationRoutes = (): Route[] => [
  get("/cluster/replication", (call) => call.world.replication.filter((job) => sees(call, job)).map((job) => shown(call.world, job))),
  post("/cluster/replication", create, { rules: { ...CHANGE, id: required(TEXT), target: required(TEXT), type: required(oneOf("local")) } }),
  get("/cluster/replication/{id}", (call) => ({ ...shown(call.world, jobOf(call)), digest: new Bun.CryptoHasher("sha1").update(jobOf(call).id).digest("hex") })),
  put("/cluster/replication/{id}", change, { rules: { ...CHANGE, delete: { ...TEXT, maxLength: 4_096 }, digest: { ...TEXT, maxLength: 64 } } }),
  remove("/cluster/replication/{id}", drop, { rules: { force: FLAG, keep: FLAG } }),
  get(
    "/nodes/{node}/replication",
    (call) => {
      const guest = numberOf(call.parameters, "guest");
      return mine(call)
        .filter((job) => guest === undefined || job.guest === guest)
        .map((job) => progress(call.world, job));
    },
    { rules: { guest: { ...COUNT, min: 100 } } },
  ),
  get("/nodes/{node}/replication/{id}", (call) => jobOf(call) && ["log", "status", "schedule_now"].map((name) => ({ name }))),
  get("/nodes/{node}/replication/{id}/status", (call) => progress(call.world, jobOf(call))),
  get("/nodes/{node}/replication/{id}/log", log, { rules: { start: COUNT, limit: COUNT } }),
  post("/nodes/{node}/replication/{id}/schedule_now", now),
];
