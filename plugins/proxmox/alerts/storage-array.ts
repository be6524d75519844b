// ZFS pools that lost redundancy or count errors, and thin pools without room for metadata. A running scrub is none of these; a resilver is named, since somebody is at it. Gives steps, never commands that change a pool.
import type { Alert } from "jarvis";
import type { NodeArrays, Thin, Zfs } from "../monitors/array-state.ts";
import { alertOf, gib, isOpen, shareOf } from "./tell.ts";

const GONE = new Set(["FAULTED", "UNAVAIL", "SUSPENDED"]);
const [METADATA_WARN, METADATA_CRITICAL, METADATA_KEEP] = [80, 95, 77];
const [FULL_WARN, FULL_CRITICAL, FULL_KEEP] = [80, 92, 78];
const STANDS_S = 60;

const membersIn = ({ members }: Zfs): string => members.map(({ name, state, errors }) => `${name} is ${state}${errors > 0 ? ` with ${errors} errors` : ""}`).join("; ");

const evidenceOf = (node: NodeArrays, pool: Zfs) => [
  {
    what: [`pool ${pool.name}: ${pool.health}`, membersIn(pool), pool.scan, pool.dataErrors, pool.advice].filter((words) => words !== undefined && words !== "").join(". "),
    source: `GET /nodes/${node.name}/disks/zfs/${pool.name}`,
    at: node.at,
  },
];

const degraded = (node: NodeArrays, pool: Zfs): Alert | undefined => {
  // UNKNOWN is no word of a broken pool.
  if (pool.health !== "DEGRADED" && !GONE.has(pool.health)) return undefined;
  const gone = GONE.has(pool.health);
  const healing = /resilver in progress/i.test(pool.scan ?? "") ? " A resilver is under way: wait for it." : "";
  const bad = membersIn(pool) || "no member is named";
  return alertOf({
    key: "zfs-degraded",
    resource: pool.resource,
    severity: "critical",
    title: gone ? `The ZFS pool ${pool.name} of ${node.name} is ${pool.health}` : `The ZFS pool ${pool.name} of ${node.name} lost its redundancy`,
    why: `${gone ? "nothing on it can be read or written" : "one more failing disk loses the data"}: ${bad}.${healing} Check that a good backup exists, find the disk by the serial in its name, check its cable, then replace that one disk`,
    cause: "disk",
    evidence: evidenceOf(node, pool),
    ...(gone ? { explains: true } : {}),
  });
};

const erring = (node: NodeArrays, pool: Zfs): Alert | undefined => {
  const counting = pool.members.filter(({ errors }) => errors > 0);
  const lost = pool.dataErrors !== undefined && !/no known data errors/i.test(pool.dataErrors);
  if (pool.health !== "ONLINE" || (counting.length === 0 && !lost)) return undefined;
  return alertOf({
    key: "zfs-errors",
    resource: pool.resource,
    severity: lost ? "critical" : "warning",
    title: `The ZFS pool ${pool.name} of ${node.name} counts errors`,
    why: `all members are online, but ${membersIn(pool) || pool.dataErrors}: ${lost ? "some data is lost; restore it from a backup" : "repaired so far; a cable or a disk is failing. Look at the disk's SMART values before the next one fails"}`,
    cause: "disk",
    evidence: evidenceOf(node, pool),
  });
};

/** Only of pools no storage lies on: a storage tells its own room. */
const full = (node: NodeArrays, pool: Zfs, open: readonly Alert[]): Alert | undefined => {
  const percent = pool.isStorage ? undefined : shareOf(pool.usedBytes, pool.sizeBytes);
  if (percent === undefined || percent < (isOpen(open, "zfs-pool-full", pool.resource) ? FULL_KEEP : FULL_WARN)) return undefined;
  return alertOf({
    key: "zfs-pool-full",
    resource: pool.resource,
    severity: percent >= FULL_CRITICAL ? "critical" : "warning",
    title: `The ZFS pool ${pool.name} of ${node.name} is ${Math.round(percent)} % full`,
    why: `above ${FULL_WARN} % ZFS writes slower and slower, and a full pool can hardly be cleaned up`,
    cause: "storage",
    afterSeconds: STANDS_S,
    evidence: evidenceOf(node, pool),
  });
};

const metadata = (node: NodeArrays, pool: Thin, open: readonly Alert[]): Alert | undefined => {
  const percent = shareOf(pool.metadataUsedBytes, pool.metadataSizeBytes);
  if (percent === undefined || percent < (isOpen(open, "thin-metadata-full", pool.resource) ? METADATA_KEEP : METADATA_WARN)) return undefined;
  const data = shareOf(pool.usedBytes, pool.sizeBytes);
  return alertOf({
    key: "thin-metadata-full",
    resource: pool.resource,
    severity: percent >= METADATA_CRITICAL ? "critical" : "warning",
    title: `The metadata of the thin pool ${pool.name} of ${node.name} is ${Math.round(percent)} % full`,
    why: `above ${METADATA_WARN} %${data === undefined ? "" : `, while ${Math.round(data)} % of its data are used`}: when metadata is full the pool turns read-only and all guests on it stop. Remove old snapshots, or grow the metadata`,
    cause: "storage",
    afterSeconds: STANDS_S,
    evidence: [
      {
        what: `metadata ${gib(pool.metadataUsedBytes ?? 0)} of ${gib(pool.metadataSizeBytes ?? 0)}${data === undefined ? "" : `, data ${Math.round(data)} %`}`,
        source: `GET /nodes/${node.name}/disks/lvmthin`,
        at: node.at,
      },
    ],
  });
};

/** Two pools of one node without a storage share a resource: the first is told. */
export const arrayAlerts = (nodes: readonly NodeArrays[], open: readonly Alert[]): Alert[] => {
  const all = nodes.flatMap((node) => [
    ...node.zfs.flatMap((pool) => [degraded(node, pool), erring(node, pool), full(node, pool, open)].flatMap((alert) => alert ?? [])),
    ...node.thin.flatMap((pool) => metadata(node, pool, open) ?? []),
  ]);
  return [...new Map(all.toReversed().map((alert) => [`${alert.key} ${alert.resource}`, alert])).values()].toReversed();
};
