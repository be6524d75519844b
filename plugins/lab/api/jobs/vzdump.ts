// vzdump: a backup of some guests of a node, now. It refuses a storage that is not there, and guests the caller may not back up.
import { badParameters, forbidden } from "../../front/failure.ts";
import { FLAG, flagOf, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, post, type Route } from "../../front/route.ts";
import { guestsOn } from "../../world/load.ts";
import type { Dialect } from "../../world/state.ts";
import { type BackupOrder, type Mode, vzdump } from "../../world/vzdump.ts";
import { storageOf } from "../stores/find.ts";
import { noteTask } from "../work.ts";
import { dumpRules } from "./dump-rules.ts";

function orderOf(call: Call): BackupOrder {
  const { world, path, parameters, who } = call;
  const node = path.node ?? "";
  const storage = storageOf(world, textOf(parameters, "storage") ?? "local", node);
  const ids = textOf(parameters, "vmid")
    ?.split(/[,;\s]+/)
    .filter(Boolean);
  const excluded = textOf(parameters, "exclude")?.split(/[,;\s]+/) ?? [];
  const pool = textOf(parameters, "pool");
  if (!flagOf(parameters, "all") && !ids && !pool) throw badParameters({ vmid: "property is missing and it is not optional" });
  const here = guestsOn(world, node).filter((guest) => !guest.template && !excluded.includes(String(guest.vmid)));
  const guests = pool ? here.filter((guest) => guest.pool === pool) : ids ? here.filter((guest) => ids.includes(String(guest.vmid))) : here;
  for (const guest of guests) if (!world.accounts.may(who, `/vms/${guest.vmid}`, "VM.Backup")) throw forbidden(`/vms/${guest.vmid}, VM.Backup`);
  if (!world.accounts.may(who, `/storage/${storage.name}`, "Datastore.AllocateSpace")) throw forbidden(`/storage/${storage.name}, Datastore.AllocateSpace`);
  const word = textOf(parameters, "mode");
  const mode: Mode = word === "stop" || word === "suspend" ? word : "snapshot";
  const [notes, prune] = [textOf(parameters, "notes-template"), textOf(parameters, "prune-backups")];
  return { guests, storage, mode, node, ...(notes ? { notes } : {}), ...(prune && parameters.remove !== false ? { prune } : {}), protect: flagOf(parameters, "protected") };
}

function backUp(call: Call): string {
  const order = orderOf(call);
  const ids = textOf(call.parameters, "vmid")?.split(/[,;\s]+/) ?? [];
  const id = ids.length === 1 ? (ids[0] ?? "") : "";
  const task = call.world.tasks.start({ node: order.node, type: "vzdump", id, user: call.who, work: (worker) => vzdump(call.world, worker, order) });
  for (const guest of order.guests) noteTask(call, `guest/${guest.vmid}`, task);
  return task.upid;
}

export const dumpRoutes = (dialect: Dialect): Route[] => [
  post("/nodes/{node}/vzdump", backUp, { rules: { ...dumpRules(dialect), "job-id": { ...TEXT, maxLength: 50 }, stdout: FLAG } }),
  get(
    "/nodes/{node}/vzdump/defaults",
    () => ({ mode: "snapshot", remove: 1, ionice: 7, lockwait: 180, stopwait: 10, stdexcludes: 1, "prune-backups": "keep-all=1", "notification-mode": "auto" }),
    { rules: { storage: TEXT } },
  ),
];
