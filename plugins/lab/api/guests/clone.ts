// Cloning a guest, turning it into a template, destroying it, and growing its disks.
import { badParameters, failure, forbidden } from "../../front/failure.ts";
import { COUNT, FLAG, flagOf, numberOf, oneOf, required, TEXT, textOf, VMID } from "../../front/parameters.ts";
import { type Call, needs, needsAny, post, put, type Route, remove } from "../../front/route.ts";
import { digestOf } from "../../world/config.ts";
import { type CloneOrder, copyInto, destroy, plant } from "../../world/guests/clone.ts";
import { diskSizeOf, gibOf, resized } from "../../world/guests/size.ts";
import { label, refuseLocked } from "../../world/power.ts";
import type { Guest } from "../../world/state.ts";
import { isActive } from "../../world/storage.ts";
import { begin, beginOnGuest, noteChange } from "../work.ts";
import { guestOf, KINDS, type Kind, refuseSkiplock } from "./find.ts";

const GROW_MS = 1_400;

function refuseNow(act: () => void): void {
  try {
    act();
  } catch (error) {
    throw failure(500, error instanceof Error ? error.message : String(error));
  }
}

function orderOf(call: Call, source: Guest): CloneOrder {
  const { world, who, parameters } = call;
  const vmid = numberOf(parameters, "newid") ?? 0;
  const [pool, snapshot, description] = [textOf(parameters, "pool"), textOf(parameters, "snapname"), textOf(parameters, "description")];
  const storage = textOf(parameters, "storage") ?? source.seed.storage;
  const node = textOf(parameters, "target") ?? source.node;
  if (pool !== undefined && !world.pools.has(pool)) throw failure(500, `pool '${pool}' does not exist`);
  if (pool === undefined ? !world.accounts.may(who, `/vms/${vmid}`, "VM.Allocate") : !world.accounts.may(who, `/pool/${pool}`, "VM.Allocate"))
    throw forbidden(pool === undefined ? `/vms/${vmid}, VM.Allocate` : `/pool/${pool}, VM.Allocate`);
  if (!world.accounts.may(who, `/storage/${storage}`, "Datastore.AllocateSpace")) throw forbidden(`/storage/${storage}, Datastore.AllocateSpace`);
  if (!world.nodes.has(node)) throw failure(500, `no such cluster node '${node}'`);
  const about = world.storages.find((one) => one.name === storage);
  if (!about) throw failure(500, `storage '${storage}' does not exist`);
  if (!isActive(about, node)) throw failure(500, `storage '${storage}' is not online`);
  const taken = world.guests.get(vmid);
  if (taken) throw failure(500, `unable to create ${source.kind === "qemu" ? "VM" : "CT"} ${vmid}: config file already exists`);
  if (snapshot !== undefined && !source.snapshots.some((one) => one.name === snapshot)) throw failure(500, `snapshot '${snapshot}' does not exist`);
  const full = parameters.full === undefined ? !source.template : flagOf(parameters, "full");
  if (!full && !source.template) throw badParameters({ full: "Linked clone feature is not supported for drive 'scsi0'" });
  const name = textOf(parameters, source.kind === "qemu" ? "name" : "hostname") ?? (source.kind === "qemu" ? `Copy-of-VM-${source.seed.name}` : `CT${vmid}`);
  return { vmid, name, node, storage, full, ...(pool ? { pool } : {}), ...(snapshot ? { snapshot } : {}), ...(description ? { description } : {}) };
}

function clone(kind: Kind): Route["run"] {
  return (call) => {
    const source = guestOf(call, kind);
    const order = orderOf(call, source);
    refuseNow(() => refuseLocked(source));
    if (kind === "lxc" && source.status === "running" && order.full && !order.snapshot) throw failure(500, "Full clone of a running container is only possible from a snapshot");
    const copy = plant(call.world, source, order);
    return beginOnGuest(call, source, "clone", (worker) => copyInto(call.world, source, copy, worker, order.full), `clone ${label(source)} to ${order.vmid}`);
  };
}

function drop(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    refuseSkiplock(call);
    if (guest.config.protection) throw failure(500, `can't remove ${label(guest)} - protection mode enabled`);
    if (guest.ha && !flagOf(call.parameters, "purge")) throw failure(500, `unable to remove ${label(guest)} - used in HA resources and purge parameter not set.`);
    if (call.world.replication.some((job) => job.guest === guest.vmid) && !flagOf(call.parameters, "purge"))
      throw failure(500, `unable to remove ${label(guest)} - used in replication jobs and purge parameter not set.`);
    const force = kind === "lxc" && flagOf(call.parameters, "force");
    if (guest.status === "running" && !force) throw failure(500, `${label(guest)} is running - destroy failed`);
    return beginOnGuest(call, guest, "destroy", (worker) => destroy(call.world, guest, worker, force), `destroy ${label(guest)}`);
  };
}

/** `+10G` on top or `40G` in all; a disk never shrinks. */
function newSize(guest: Guest, disk: string, wish: string): number {
  const now = diskSizeOf(guest.config[disk]);
  if (now === undefined) throw failure(500, `disk '${disk}' does not exist`);
  const asked = gibOf(wish.replace(/^\+/, ""));
  if (asked === undefined) throw badParameters({ size: "value does not match the regex pattern" });
  const size = wish.startsWith("+") ? now + asked : asked;
  if (size < now) throw failure(500, `unable to shrink disk size`);
  return size;
}

function resize(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    refuseSkiplock(call);
    const disk = textOf(call.parameters, "disk") ?? "";
    const digest = textOf(call.parameters, "digest");
    if (digest !== undefined && digest !== digestOf(guest.config)) throw failure(500, "detected modified configuration - file changed by other user? Try again.");
    const size = newSize(guest, disk, textOf(call.parameters, "size") ?? "");
    if (!flagOf(call.parameters, "skiplock")) refuseNow(() => refuseLocked(guest));
    return begin(call, {
      node: guest.node,
      type: "resize",
      id: String(guest.vmid),
      target: `guest/${guest.vmid}`,
      words: `update ${label(guest)}: resize --disk ${disk} --size ${textOf(call.parameters, "size")}`,
      work: async (worker) => {
        await worker.sleep(GROW_MS);
        guest.config = { ...guest.config, [disk]: String(guest.config[disk]).replace(/size=[^,]+/, `size=${Number.isInteger(size) ? `${size}G` : `${Math.round(size * 1024)}M`}`) };
        resized(guest);
        worker.log(`Logical volume pve/vm-${guest.vmid}-disk-0 successfully resized.`);
      },
    });
  };
}

function template(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    if (guest.status === "running") throw failure(500, `you can't convert a ${kind === "qemu" ? "VM" : "CT"} to a template if the ${kind === "qemu" ? "VM" : "CT"} is running`);
    if (guest.snapshots.length > 0) throw failure(500, "unable to create template, because VM contains snapshots");
    const become = (): void => {
      guest.template = true;
      guest.config = { ...guest.config, template: 1 };
    };
    if (kind === "qemu") return beginOnGuest(call, guest, "template", become);
    become();
    noteChange(call, `guest/${guest.vmid}`);
    return null;
  };
}

const CLONE = { newid: required(VMID), bwlimit: COUNT, description: TEXT, full: FLAG, pool: TEXT, snapname: { ...TEXT, maxLength: 40 }, storage: TEXT, target: TEXT } as const;
const OWN = { qemu: { name: TEXT, format: oneOf("raw", "qcow2", "vmdk") }, lxc: { hostname: TEXT } } as const;
const DISK = { disk: required(TEXT), size: required({ ...TEXT, pattern: /^\+?\d+(\.\d+)?[KMGT]?$/ }), digest: { ...TEXT, maxLength: 40 } } as const;

function both(kind: Kind): Route[] {
  const base = `/nodes/{node}/${kind}/{vmid}`;
  const more = kind === "qemu" ? { skiplock: FLAG } : { force: FLAG };
  return [
    post(`${base}/clone`, clone(kind), { ...needs("/vms/{vmid}", "VM.Clone"), rules: { ...CLONE, ...OWN[kind] } }),
    remove(base, drop(kind), { ...needs("/vms/{vmid}", "VM.Allocate"), rules: { purge: FLAG, "destroy-unreferenced-disks": FLAG, ...more } }),
    put(`${base}/resize`, resize(kind), { ...needsAny("/vms/{vmid}", "VM.Config.Disk"), rules: { ...DISK, ...(kind === "qemu" ? { skiplock: FLAG } : {}) } }),
    post(`${base}/template`, template(kind), { ...needs("/vms/{vmid}", "VM.Allocate"), rules: kind === "qemu" ? { disk: TEXT } : {} }),
  ];
}

export const cloneRoutes = (): Route[] => KINDS.flatMap(both);
