// Starting and stopping guests: the call answers a UPID, the work is a task. What VMs and containers refuse at once and what ends in the task differs as on a real node.
import { failure } from "../../front/failure.ts";
import { COUNT, FLAG, flagOf, numberOf, type Rules, TEXT } from "../../front/parameters.ts";
import { type Call, needs, post, type Route } from "../../front/route.ts";
import * as power from "../../world/power.ts";
import type { Dialect, Guest } from "../../world/state.ts";
import type { Worker } from "../../world/tasks.ts";
import { noteTask } from "../work.ts";
import { guestOf, KINDS, type Kind, refuseSkiplock } from "./find.ts";

type Verb = "start" | "stop" | "shutdown" | "reboot" | "reset" | "suspend" | "resume";

const WORK: Readonly<Record<Verb, (call: Call, guest: Guest, worker: Worker) => Promise<void>>> = {
  start: ({ world, parameters }, guest, worker) => power.start(world, guest, worker, { skipLock: flagOf(parameters, "skiplock") }),
  stop: ({ world, parameters }, guest, worker) => power.stop(world, guest, worker, { skipLock: flagOf(parameters, "skiplock") }),
  shutdown: ({ world, parameters }, guest, worker) => {
    const timeoutSeconds = numberOf(parameters, "timeout");
    return power.shutdown(world, guest, worker, {
      forceStop: flagOf(parameters, "forceStop"),
      skipLock: flagOf(parameters, "skiplock"),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    });
  },
  reboot: ({ world, parameters }, guest, worker) => power.reboot(world, guest, worker, numberOf(parameters, "timeout")),
  reset: async ({ world, parameters }, guest, worker) => {
    if (!flagOf(parameters, "skiplock")) power.refuseLocked(guest);
    await worker.sleep(300);
    power.endSpan(world, guest);
    guest.startedAt = world.clock.now();
    guest.frozen = false;
  },
  suspend: async (_, guest, worker) => {
    power.refuseLocked(guest);
    await worker.sleep(400);
    guest.paused = true;
  },
  resume: async (_, guest, worker) => {
    await worker.sleep(300);
    if (guest.mishap.stuck) throw new Error(guest.mishap.stuck);
    guest.paused = false;
    delete guest.qmp;
  },
};

const WORDS: Readonly<Record<Verb, string>> = {
  start: "start",
  stop: "stop",
  shutdown: "shutdown",
  reboot: "requesting reboot of",
  reset: "reset",
  suspend: "suspend",
  resume: "resume",
};

function refuseAtOnce(guest: Guest, verb: Verb): void {
  const running = guest.status === "running";
  const name = power.label(guest);
  if (guest.kind === "lxc" && verb === "start" && running) throw failure(500, `${name} already running`);
  if (guest.kind === "lxc" && verb !== "start" && !running) throw failure(500, `${name} not running`);
  if (guest.kind === "qemu" && ["reset", "suspend", "resume", "reboot"].includes(verb) && !running) throw failure(500, `${name} not running`);
}

function byHa(call: Call, guest: Guest, verb: "start" | "stop" | "shutdown"): string {
  const up = verb === "start";
  const sort = guest.kind === "qemu" ? "VM" : "CT";
  const task = call.world.tasks.start({
    node: guest.node,
    type: up ? "hastart" : "hastop",
    id: String(guest.vmid),
    user: call.who,
    words: `${up ? "start" : "stop"} HA service ${sort} ${guest.vmid}`,
    work: (worker) => {
      worker.log(`Requesting HA ${up ? "start" : "stop"} for ${sort} ${guest.vmid}`);
      call.life.ha.request(guest, up ? "started" : "stopped", verb === "stop");
    },
  });
  noteTask(call, `guest/${guest.vmid}`, task);
  return task.upid;
}

function act(kind: Kind, verb: Verb): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    refuseSkiplock(call);
    const managed = guest.ha && (verb === "start" || verb === "stop" || verb === "shutdown");
    if (managed && (guest.status === "running") !== (verb === "start")) return byHa(call, guest, verb);
    refuseAtOnce(guest, verb);
    const prefix = kind === "qemu" ? "qm" : "vz";
    const task = call.world.tasks.start({
      node: guest.node,
      type: `${prefix}${verb}`,
      id: String(guest.vmid),
      user: call.who,
      words: `${WORDS[verb]} ${power.label(guest)}`,
      work: (worker) => WORK[verb](call, guest, worker),
    });
    noteTask(call, `guest/${guest.vmid}`, task);
    return task.upid;
  };
}

const SKIP = { skiplock: FLAG };
const RULES: Readonly<Record<Kind, Partial<Record<Verb, Rules>>>> = {
  qemu: {
    start: {
      ...SKIP,
      timeout: COUNT,
      "force-cpu": TEXT,
      machine: TEXT,
      migratedfrom: TEXT,
      migration_network: TEXT,
      migration_type: TEXT,
      stateuri: TEXT,
      targetstorage: TEXT,
    },
    stop: { ...SKIP, timeout: COUNT, keepActive: FLAG, migratedfrom: TEXT, "overrule-shutdown": FLAG },
    shutdown: { ...SKIP, timeout: COUNT, forceStop: FLAG, keepActive: FLAG },
    reboot: { timeout: COUNT },
    reset: SKIP,
    suspend: { ...SKIP, todisk: FLAG, statestorage: TEXT },
    resume: { ...SKIP, nocheck: FLAG },
  },
  lxc: {
    start: { ...SKIP, debug: FLAG },
    stop: { ...SKIP, "overrule-shutdown": FLAG },
    shutdown: { timeout: COUNT, forceStop: FLAG },
    reboot: { timeout: COUNT },
    suspend: {},
    resume: {},
  },
};

const FRESH_START: Rules = { "nets-host-mtu": TEXT, "with-conntrack-state": FLAG };

function rulesOf(kind: Kind, verb: Verb, dialect: Dialect): Rules | undefined {
  const rules = RULES[kind][verb];
  return rules && kind === "qemu" && verb === "start" && dialect === "9.1" ? { ...rules, ...FRESH_START } : rules;
}

const VERBS: readonly Verb[] = ["start", "stop", "shutdown", "reboot", "reset", "suspend", "resume"];

export const powerRoutes = (dialect: Dialect): Route[] =>
  KINDS.flatMap((kind) =>
    VERBS.flatMap((verb) => {
      const rules = rulesOf(kind, verb, dialect);
      return rules ? [post(`/nodes/{node}/${kind}/{vmid}/status/${verb}`, act(kind, verb), { ...needs("/vms/{vmid}", "VM.PowerMgmt"), rules })] : [];
    }),
  );
