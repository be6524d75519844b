// How full storages are and what lies on them: guests' disks and their backups.
import { steady } from "../random.ts";
import { type Backup, GIB, type Guest, type Storage, seconds, type World } from "./state.ts";

const GROWTH_BYTES_PER_DAY = 1.1 * GIB;
const DAY_MS = 86_400_000;
const GROWTH_SHARE = 0.005;
/** No seed draws a storage fuller than this that was written down emptier: far below 80 %, from which thin pools and ZFS pools are in trouble. */
const CALM_SHARE = 0.65;

export interface Usage {
  total: number;
  used: number;
  avail: number;
}

export const hasStorage = (storage: Storage, node: string): boolean => storage.seed.nodes?.includes(node) ?? true;
export const isActive = (storage: Storage, node: string): boolean => storage.active && !storage.disabled && !storage.offOn.has(node);

/** How much of it is used in the morning: what was written down, on local ones more on one node and less on another. */
function usualShare(world: World, { name, seed }: Storage, node: string): number {
  const written = Math.min(1, seed.usedGiB / seed.totalGiB);
  return seed.shared ? written : Math.min(written * (0.55 + 0.9 * steady(world.seed, `storage/${node}/${name}`)), Math.max(written, CALM_SHARE));
}

/** Shared storages are equal on every node; local ones differ by node, in size too. They grow a little over the day, and the night's pruning takes it back. */
export function usageOf(world: World, storage: Storage, node: string): Usage {
  const total = Math.floor(storage.seed.totalGiB * GIB * (storage.seed.shared ? 1 : 0.8 + 0.4 * steady(world.seed, `size/${node}/${storage.name}`)));
  const drift = ((world.clock.now() % DAY_MS) / DAY_MS) * Math.min(GROWTH_BYTES_PER_DAY, total * GROWTH_SHARE);
  const filled = storage.fill.get(node) ?? storage.fill.get("*");
  const used = Math.floor(filled === undefined ? Math.min(total, total * usualShare(world, storage, node) + drift) : total * Math.min(1, filled));
  return { total, used, avail: total - used };
}

export interface Volume {
  volid: string;
  content: string;
  format: string;
  size: number;
  ctime: number;
  vmid?: number;
  subtype?: string;
  notes?: string;
  used?: number;
  protected?: number;
  verification?: { state: string; upid: string };
}

export function diskVolume(guest: Pick<Guest, "seed" | "vmid" | "kind" | "template">): string {
  const prefix = guest.template ? "base" : guest.kind === "lxc" && guest.seed.storage === "tank" ? "subvol" : "vm";
  return `${guest.seed.storage}:${prefix}-${guest.vmid}-disk-0`;
}

export const timestamp = (ctimeSeconds: number): string => new Date(ctimeSeconds * 1000).toISOString().slice(0, 19).replace("T", "_").replaceAll("-", "_").replaceAll(":", "_");

/** `2026_11_22-03_15_04`, as vzdump names its files. */
export const fileStamp = (ctimeSeconds: number): string => timestamp(ctimeSeconds).replace(/^(\d+_\d+_\d+)_/, "$1-");

export function backupVolid(storage: Storage, guest: Guest, ctimeSeconds: number): string {
  if (storage.seed.type === "pbs")
    return `${storage.name}:backup/${guest.kind === "qemu" ? "vm" : "ct"}/${guest.vmid}/${new Date(ctimeSeconds * 1000).toISOString().slice(0, 19)}Z`;
  const ending = guest.kind === "qemu" ? "vma.zst" : "tar.zst";
  return `${storage.name}:backup/vzdump-${guest.kind}-${guest.vmid}-${fileStamp(ctimeSeconds)}.${ending}`;
}

export function addBackup(world: World, storage: Storage, guest: Guest, atMs: number): Backup {
  const ctime = seconds(atMs);
  const backup: Backup = {
    volid: backupVolid(storage, guest, ctime),
    vmid: guest.vmid,
    kind: guest.kind,
    storage: storage.name,
    ...(storage.seed.shared ? {} : { node: guest.node }),
    ctime,
    sizeBytes: Math.floor(guest.seed.diskGiB * GIB * (0.25 + 0.2 * steady(world.seed, `backup/${guest.vmid}/${ctime}`))),
    notes: guest.seed.name,
    verified: storage.seed.type === "pbs",
  };
  world.backups.push(backup);
  return backup;
}

export function volumesOf(world: World, storage: Storage, node: string): Volume[] {
  const volumes: Volume[] = [];
  for (const guest of world.guests.values()) {
    if (guest.seed.storage !== storage.name || (guest.node !== node && !storage.seed.shared)) continue;
    const content = guest.kind === "qemu" ? "images" : "rootdir";
    const size = Math.floor(guest.seed.diskGiB * GIB);
    volumes.push({
      volid: diskVolume(guest),
      content,
      format: storage.seed.type === "zfspool" && guest.kind === "lxc" ? "subvol" : "raw",
      size,
      ctime: seconds(world.clock.now() - 200 * DAY_MS),
      vmid: guest.vmid,
    });
  }
  for (const backup of world.backups) {
    if (backup.storage !== storage.name || (backup.node !== undefined && backup.node !== node)) continue;
    const pbs = storage.seed.type === "pbs";
    const format = pbs ? `pbs-${backup.kind === "qemu" ? "vm" : "ct"}` : backup.kind === "qemu" ? "vma.zst" : "tar.zst";
    const verification =
      backup.verified || backup.damaged
        ? {
            verification: {
              state: backup.damaged ? "failed" : "ok",
              upid: `UPID:pbs:00000B1C:0000A2F1:00000A31:${backup.ctime.toString(16).toUpperCase().padStart(8, "0")}:verificationjob:main:root@pam:`,
            },
          }
        : {};
    volumes.push({
      volid: backup.volid,
      content: "backup",
      format,
      size: backup.sizeBytes,
      ctime: backup.ctime,
      vmid: backup.vmid,
      subtype: backup.kind,
      notes: backup.notes,
      ...(backup.protected ? { protected: 1 } : {}),
      ...verification,
    });
  }
  if (storage.seed.content.split(",").includes("iso")) {
    volumes.push({ volid: `${storage.name}:iso/debian-12.11.0-amd64-netinst.iso`, content: "iso", format: "iso", size: 702_545_920, ctime: 1_747_490_400 });
  }
  return volumes;
}
