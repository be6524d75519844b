// A storage that runs out of room, by what it is for: a thin pool stops all its guests at once, a ZFS pool slows down first, a backup target loses the next backup. A burst that falls back is none, nor is what garbage collection will free.
import type { Alert } from "jarvis";
import type { StorageState } from "../monitors/store-state.ts";
import { alertOf, gib, isOpen, shareOf } from "./tell.ts";

interface Kind {
  readonly key: string;
  /** Percent from which it is told, from which it is critical, and down to which it stays told. */
  readonly marks: readonly [warn: number, critical: number, keep: number];
  readonly what: string;
  readonly leads: string;
}

const KINDS = {
  thin: {
    key: "thin-pool-full",
    marks: [80, 95, 77],
    what: "thin pool",
    leads: "when it is full every guest on it pauses with I/O errors at the same moment; trimming guests and removing old snapshots frees room",
  },
  zfs: { key: "zfs-pool-full", marks: [80, 92, 78], what: "ZFS pool", leads: "from 80 % on ZFS writes slower and slower, and a full pool can hardly be cleaned up" },
  backups: {
    key: "backup-target-full",
    marks: [90, 97, 87],
    what: "backup target",
    leads: "the next backups fail with no space left; prune by the policy there is, then garbage collection",
  },
  rest: { key: "storage-full", marks: [90, 97, 87], what: "storage", leads: "what is written to it next fails with no space left" },
} as const satisfies Record<string, Kind>;

/** How long it must stand: growth that falls back by itself is not told. */
const [STANDS_S, CRITICAL_STANDS_S] = [240, 60];
/** From here on nothing can be written: it is told at once, and what stands on it fails with it. */
const FULL = 99;
const SOON_DAYS = 14;

const kindOf = ({ sort, content }: StorageState): Kind => {
  if (sort === "lvmthin") return KINDS.thin;
  if (sort === "zfspool") return KINDS.zfs;
  return sort === "pbs" || content === "backup" ? KINDS.backups : KINDS.rest;
};

export const roomAlert = (id: string, storage: StorageState, open: readonly Alert[]): Alert | undefined => {
  const { diskBytes, diskTotalBytes, pendingBytes = 0 } = storage;
  // The node tells of its own root file system; without figures nothing is proved either way.
  if (diskBytes === undefined || diskTotalBytes === undefined || storage.onRoot) return undefined;
  const used = Math.max(0, diskBytes - pendingBytes);
  const percent = shareOf(used, diskTotalBytes) ?? 0;
  const { key, marks, what, leads } = kindOf(storage);
  const [warn, critical, keep] = marks;
  const filling = !isOpen(open, key, id) && percent < warn;
  if (filling || percent < keep) return fillingAlert(id, storage, percent, open);
  const severity = percent >= critical ? "critical" : "warning";
  const isFull = percent >= FULL;
  const stands = severity === "critical" ? CRITICAL_STANDS_S : STANDS_S;
  const mark = isFull ? `${FULL} % and more used` : `above ${severity === "critical" ? critical : warn} % for ${stands / 60} min`;
  const pace = storage.fullInDays === undefined ? "" : ` At the pace of the last days it is full in ${storage.fullInDays} days.`;
  return alertOf({
    key,
    resource: id,
    severity,
    title: `The ${what} ${storage.name}${storage.node === undefined ? "" : ` of ${storage.node}`} is ${Math.round(percent)} % full`,
    why: `${mark}, ${gib(diskTotalBytes - diskBytes)} left: ${leads}.${pace}`,
    cause: "storage",
    ...(isFull ? { explains: true } : { afterSeconds: stands }),
    evidence: [
      { what: `${gib(diskBytes)} of ${gib(diskTotalBytes)} used`, source: "GET /cluster/resources" },
      ...(pendingBytes > 0 ? [{ what: `${gib(pendingBytes)} of it wait for garbage collection`, source: "PBS GET /status/datastore-usage" }] : []),
    ],
  });
};

/** There is room yet, and real samples say that it does not last. */
const fillingAlert = (id: string, storage: StorageState, percent: number, open: readonly Alert[]): Alert | undefined => {
  const [key, days] = ["storage-filling", storage.fullInDays];
  if (days === undefined || days > (isOpen(open, key, id) ? SOON_DAYS : SOON_DAYS / 2) || percent < 50) return undefined;
  return alertOf({
    key,
    resource: id,
    severity: "warning",
    title: `${storage.name}${storage.node === undefined ? "" : ` of ${storage.node}`} will be full in ${days} days`,
    why: `${Math.round(percent)} % used now; at the pace of the daily samples kept of it nothing is left in ${days} days`,
    cause: "storage",
    afterSeconds: STANDS_S,
    evidence: [{ what: `full in ${days} days by the daily samples`, source: "GET /cluster/resources, one sample a day" }],
  });
};
