// A guest's snapshots: the tree with the present at its end, taking, rolling back, deleting.
import { badParameters, failure } from "../../front/failure.ts";
import { FLAG, flagOf, type Rule, required, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, needsAny, post, put, type Route, remove } from "../../front/route.ts";
import { digestOf } from "../../world/config.ts";
import * as snapshot from "../../world/guests/snapshot.ts";
import { label } from "../../world/power.ts";
import type { Guest, Snapshot } from "../../world/state.ts";
import { beginOnGuest, noteChange } from "../work.ts";
import { guestOf, KINDS, type Kind } from "./find.ts";

const NAME: Rule = { ...TEXT, maxLength: 40 };
const RESERVED = new Set(["current", "pending"]);

/** Containers have no memory to save, so theirs do not tell. */
const shown =
  (kind: Kind) =>
  ({ config: _, vmstate, ...rest }: Snapshot) => ({ ...rest, ...(kind === "qemu" ? { vmstate: vmstate ? 1 : 0 } : {}) });

function list(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const running = { running: guest.status === "running" ? 1 : 0 };
    const parent = guest.parent ? { parent: guest.parent } : {};
    return [...guest.snapshots.map(shown(kind)), { name: "current", description: "You are here!", ...running, ...parent, digest: digestOf(guest.config) }];
  };
}

function nameIn(call: Call): string {
  const name = textOf(call.parameters, "snapname") ?? call.path.snapname ?? "";
  if (!/^[a-z][a-z0-9_-]+$/i.test(name)) throw badParameters({ snapname: `invalid format - invalid configuration ID '${name}'\n` });
  if (RESERVED.has(name)) throw failure(500, `unable to use snapshot name '${name}'`);
  return name;
}

function take(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const name = nameIn(call);
    const order = { name, description: textOf(call.parameters, "description") ?? "", vmstate: flagOf(call.parameters, "vmstate") };
    return beginOnGuest(call, guest, "snapshot", (worker) => snapshot.take(call.world, guest, worker, order), `snapshot ${label(guest)}: ${name}`);
  };
}

function rollBack(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const name = nameIn(call);
    return beginOnGuest(
      call,
      guest,
      "rollback",
      (worker) => snapshot.rollBack(call.world, guest, worker, name, flagOf(call.parameters, "start")),
      `rollback snapshot ${label(guest)}: ${name}`,
    );
  };
}

function drop(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const name = nameIn(call);
    return beginOnGuest(
      call,
      guest,
      "delsnapshot",
      (worker) => snapshot.remove(call.world, guest, worker, name, flagOf(call.parameters, "force")),
      `delete snapshot ${label(guest)}: ${name}`,
    );
  };
}

function found(guest: Guest, name: string): Snapshot {
  const one = guest.snapshots.find((candidate) => candidate.name === name);
  if (!one) throw failure(500, `snapshot '${name}' does not exist`);
  return one;
}

const about =
  (kind: Kind): Route["run"] =>
  (call) => {
    const { description, snaptime, parent, config = {} } = found(guestOf(call, kind), nameIn(call));
    return { ...config, description, snaptime, ...(parent ? { parent } : {}) };
  };

function describe(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const one = found(guest, nameIn(call));
    one.description = textOf(call.parameters, "description") ?? one.description;
    noteChange(call, `guest/${guest.vmid}`);
    return null;
  };
}

function both(kind: Kind): Route[] {
  const base = `/nodes/{node}/${kind}/{vmid}/snapshot`;
  const one = `${base}/{snapname}`;
  const may = needs("/vms/{vmid}", "VM.Snapshot");
  const rollback = needsAny("/vms/{vmid}", "VM.Snapshot", "VM.Snapshot.Rollback");
  return [
    get(base, list(kind), needs("/vms/{vmid}", "VM.Audit")),
    post(base, take(kind), { ...may, rules: { snapname: required(NAME), description: TEXT, ...(kind === "qemu" ? { vmstate: FLAG } : {}) } }),
    get(one, (call) => found(guestOf(call, kind), nameIn(call)) && ["config", "rollback"].map((name) => ({ name }))),
    remove(one, drop(kind), { ...may, rules: { force: FLAG } }),
    get(`${one}/config`, about(kind), needsAny("/vms/{vmid}", "VM.Snapshot", "VM.Snapshot.Rollback", "VM.Audit")),
    put(`${one}/config`, describe(kind), { ...may, rules: { description: TEXT } }),
    post(`${one}/rollback`, rollBack(kind), { ...rollback, rules: { start: FLAG } }),
  ];
}

export const snapshotRoutes = (): Route[] => KINDS.flatMap(both);
