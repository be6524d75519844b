// Disks that fail, err or wear out, one alert a kind and node, naming the disks by model and serial. One reset of a link is none, nor is a disk SMART says nothing of.
import type { Alert } from "jarvis";
import type { Disk, NodeDisks } from "../monitors/disk-state.ts";
import { alertOf, isOpen, nodeId } from "./tell.ts";

const [WEAR_WARN, WEAR_CRITICAL, WEAR_KEEP] = [10, 3, 12];
/** A cable that is bad errs again and again; one reset counts one or two. */
const CRC_GROWN = 20;

const nameOf = ({ devpath, model, serial }: Disk): string => `${devpath}${model === undefined ? "" : ` (${model}${serial === undefined ? "" : `, serial ${serial}`})`}`;
const listed = (disks: readonly Disk[]): string => disks.map(nameOf).join(", ");

const countsOf = (disk: Disk): string => {
  const counts = {
    health: disk.health,
    "pending sectors": disk.pending,
    "unreadable sectors": disk.uncorrectable,
    "moved sectors": disk.reallocated,
    "CRC errors": disk.crcErrors,
    "media errors": disk.mediaErrors,
    "% of its life left": disk.wearLeftPercent,
  };
  return Object.entries(counts)
    .flatMap(([words, value]) => (value === undefined || value === 0 ? [] : [`${words} ${value}`]))
    .join(", ");
};

const evidenceOf = (node: NodeDisks, disks: readonly Disk[]) =>
  disks.map((disk) => ({
    what: `${nameOf(disk)}: ${countsOf(disk)}${disk.used === undefined ? "" : `; used for ${disk.used}`}`,
    source: `GET /nodes/${node.name}/disks/list and /disks/smart`,
    at: disk.smartAt ?? node.at,
  }));

const hasFailed = ({ health }: Disk): boolean => /FAIL/.test(health);
const errs = (disk: Disk): boolean =>
  !hasFailed(disk) && ((disk.pending ?? 0) > 0 || (disk.uncorrectable ?? 0) > 0 || (disk.mediaErrors ?? 0) > 0 || (disk.crcGrown ?? 0) >= CRC_GROWN);

const failing = (node: NodeDisks): Alert | undefined => {
  const disks = node.disks.filter(hasFailed);
  if (disks.length === 0) return undefined;
  return alertOf({
    key: "disk-failing",
    resource: nodeId(node.name),
    severity: "critical",
    title: `A disk of ${node.name} fails: ${listed(disks)}`,
    why: "its own self-check (SMART) says FAILED: it may stop any moment. Check the backups of what lies on it, move those guests, then replace the disk",
    cause: "disk",
    evidence: evidenceOf(node, disks),
  });
};

const erring = (node: NodeDisks): Alert | undefined => {
  const disks = node.disks.filter(errs);
  if (disks.length === 0) return undefined;
  return alertOf({
    key: "disk-errors",
    resource: nodeId(node.name),
    severity: "warning",
    title: `A disk of ${node.name} counts errors: ${listed(disks)}`,
    why: `${disks.map(countsOf).join("; ")}: its self-check still passes, but such disks fail soon. Check its cable first, then plan to replace it`,
    cause: "disk",
    evidence: evidenceOf(node, disks),
  });
};

const worn = (node: NodeDisks, open: readonly Alert[]): Alert | undefined => {
  const resource = nodeId(node.name);
  const mark = isOpen(open, "disk-wear", resource) ? WEAR_KEEP : WEAR_WARN;
  const disks = node.disks.filter(({ wearLeftPercent }) => wearLeftPercent !== undefined && wearLeftPercent <= mark);
  if (disks.length === 0) return undefined;
  const least = Math.min(...disks.map(({ wearLeftPercent = 100 }) => wearLeftPercent));
  return alertOf({
    key: "disk-wear",
    resource,
    severity: least <= WEAR_CRITICAL ? "critical" : "warning",
    title: `A disk of ${node.name} is worn out: ${listed(disks)}`,
    why: `${least} % of its life is left, and it is told from ${WEAR_WARN} % on: afterwards writes may be lost or refused. Order a new one and plan the exchange`,
    cause: "disk",
    evidence: evidenceOf(node, disks),
  });
};

export const diskAlerts = (nodes: readonly NodeDisks[], open: readonly Alert[]): Alert[] =>
  nodes.flatMap((node) => [failing(node), erring(node), worn(node, open)].flatMap((alert) => alert ?? []));
