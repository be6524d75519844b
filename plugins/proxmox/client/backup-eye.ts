// Whose eyes see backups: Proxmox lists a guest's backup only to who may make one (VM.Backup on the guest and Datastore.AllocateSpace on the storage, or Datastore.Allocate there), and leaves out the others without a word. So the act token looks, where there is one; what it may not see is unknown and never "none".
import type { z } from "jarvis";
import type { Client } from "./client.ts";
import { needOf } from "./needs.ts";
import type { Query } from "./path.ts";
import { gradeOf, holds, type Permissions } from "./rights.ts";
import type { Caller } from "./transport.ts";

const YOUNG_MS = 5 * 60_000;

/** `unknown: needs X on Y`, or undefined when nothing is left out. */
type Words = string | undefined;

export interface BackupEye {
  /** GET with the credential that looks. */
  get<S extends z.ZodType>(path: string, shape: S, query?: Query): Promise<z.output<S>>;
  /** Why none of the backups on this storage is listed. */
  blind(storage: string): Words;
  /** Why this guest's backups there are not listed. */
  hides(storage: string, vmid: number): Words;
}

const sight = (tree: Permissions, who: string, poolOf: (vmid: number) => string | undefined): Pick<BackupEye, "blind" | "hides"> => {
  const words = (privilege: string, path: string): string => `unknown: needs ${privilege} on ${path} for ${who}, without which Proxmox lists no backups`;
  const ofStorage = (storage: string): Words => {
    const path = `/storage/${storage}`;
    return holds(tree, path, "Datastore.AllocateSpace") ? undefined : words("Datastore.AllocateSpace", path);
  };
  const isOwner = (storage: string): boolean => holds(tree, `/storage/${storage}`, "Datastore.Allocate");
  const mayBackUp = (vmid: number): boolean => {
    const pool = poolOf(vmid);
    return holds(tree, `/vms/${vmid}`, "VM.Backup") || (pool !== undefined && holds(tree, `/pool/${pool}`, "VM.Backup"));
  };
  return {
    blind(storage) {
      if (isOwner(storage)) return undefined;
      return ofStorage(storage) ?? (gradeOf(tree, needOf("backups", "act")).grade === "missing" ? words("VM.Backup", "/vms") : undefined);
    },
    hides(storage, vmid) {
      if (isOwner(storage)) return undefined;
      return ofStorage(storage) ?? (mayBackUp(vmid) ? undefined : words("VM.Backup", `/vms/${vmid}`));
    },
  };
};

/** Throws what reading the rights threw: without them an empty list would mean nothing. */
export const backupEye = async (ctx: Caller & { readonly client: Client }): Promise<BackupEye> => {
  const { client } = ctx;
  const role = client.identity.act === undefined ? "read" : "act";
  const tree = await client.tree(ctx, role, YOUNG_MS);
  const pools = new Map((client.memory.latest()?.entries ?? []).flatMap(({ vmid, pool }) => (vmid === undefined || pool === undefined ? [] : [[vmid, pool] as const])));
  return {
    get: (path, shape, query) => (role === "act" ? client.getAsActor({ ...ctx, cause: ctx.cause ?? "reading" }, path, shape, query) : client.get(ctx, path, shape, query)),
    ...sight(tree, client.identity[role] ?? "", (vmid) => pools.get(vmid)),
  };
};
