// Storages as the cluster defines them (GET /storage) and as one node finds one (GET /nodes/N/storage/S/status). A flag that is not told is not guessed.
import { z } from "jarvis";
import { looseFlag, looseNumber, looseRows, looseText } from "./loose.ts";

const list = looseText.transform((text) => text?.split(/[,;\s]+/).filter((word) => word !== ""));

export const Definition = z.object({
  storage: z.string(),
  type: z.string(),
  content: list,
  /** The nodes it is restricted to; absent: every one. */
  nodes: list,
  disable: looseFlag,
  shared: looseFlag,
  vgname: looseText,
  thinpool: looseText,
  pool: looseText,
  datastore: looseText,
  namespace: looseText,
  server: looseText,
});
export type Definition = z.output<typeof Definition>;
export const Definitions = looseRows(Definition);

export const StoreStatus = z.object({ active: looseFlag, enabled: looseFlag, total: looseNumber, used: looseNumber });
export type StoreStatus = z.output<typeof StoreStatus>;

const part = (name: string): string => name.toLowerCase().replace(/[^a-z0-9._@-]/g, "-");

/** `storage/shared/nas` once for all nodes, `storage/pve/local-lvm` for one. */
export const storeId = (name: string, node: string | undefined): string => (node === undefined ? `storage/shared/${part(name)}` : `storage/${part(node)}/${part(name)}`);

const NETWORK_TYPES = new Set(["nfs", "cifs", "cephfs", "rbd", "glusterfs", "pbs", "iscsi", "iscsidirect", "esxi"]);

/** Shared although nobody flagged it so: the type says it. */
export const isShared = ({ shared, type }: Pick<Definition, "shared" | "type">): boolean => shared ?? NETWORK_TYPES.has(type);
