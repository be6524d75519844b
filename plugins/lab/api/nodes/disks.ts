// A node's disks and what is built on them: SMART, ZFS pools, thin pools with data and metadata, volume groups, mounted directories.
import { badParameters, failure, forbidden } from "../../front/failure.ts";
import { FLAG, flagOf, oneOf, required, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, type Route } from "../../front/route.ts";
import type { Disk, ZfsPool } from "../../world/machine/shape.ts";
import type { Node, World } from "../../world/state.ts";
import { usageOf } from "../../world/storage.ts";
import { nodeOf } from "./status.ts";

const byId = (disk: Disk): string => `/dev/disk/by-id/${disk.type === "nvme" ? "nvme" : "ata"}-${disk.model.replaceAll(" ", "_")}_${disk.serial}`;

function list(call: Call): unknown {
  const { world, path, who, parameters } = call;
  if (!world.accounts.may(who, "/", "Sys.Audit") && !world.accounts.may(who, `/nodes/${path.node}`, "Sys.Audit")) throw forbidden(`/nodes/${path.node}, Sys.Audit`);
  const wanted = textOf(parameters, "type");
  return nodeOf(call)
    .machine.disks.filter((disk) => wanted !== "unused" || disk.used === "")
    .map((disk) => ({
      devpath: disk.devpath,
      by_id_link: byId(disk),
      type: disk.type,
      vendor: disk.vendor,
      model: disk.model,
      serial: disk.serial,
      wwn: disk.wwn,
      size: disk.sizeBytes,
      used: disk.used,
      gpt: 1,
      mounted: 0,
      osdid: -1,
      "osdid-list": [],
      rpm: disk.rpm,
      health: flagOf(parameters, "skipsmart") ? "UNKNOWN" : disk.health,
      wearout: disk.wearLeftPercent ?? "N/A",
    }));
}

interface Attribute {
  id: number;
  name: string;
  raw: number;
  flags: string;
  threshold: number;
  value: number;
}

function ataAttributes({ wear, wearLeftPercent }: Disk): Attribute[] {
  const row = (id: number, name: string, raw: number, threshold: number, value = Math.max(1, 100 - raw)): Attribute => ({ id, name, raw, flags: "PO--CK", threshold, value });
  return [
    row(5, "Reallocated_Sector_Ct", wear.reallocated, 10),
    row(9, "Power_On_Hours", wear.powerOnHours, 0, 81),
    row(187, "Reported_Uncorrect", wear.uncorrectable, 0),
    row(194, "Temperature_Celsius", wear.temperatureC, 0),
    row(197, "Current_Pending_Sector", wear.pending, 0),
    row(198, "Offline_Uncorrectable", wear.uncorrectable, 0),
    row(199, "UDMA_CRC_Error_Count", wear.crcErrors, 0, 200),
    ...(wearLeftPercent === undefined ? [] : [row(233, "Media_Wearout_Indicator", 100 - wearLeftPercent, 0, wearLeftPercent)]),
  ];
}

const nvmeText = ({ wear, wearLeftPercent = 100, health }: Disk): string =>
  [
    "",
    "SMART/Health Information (NVMe Log 0x02)",
    `Critical Warning:                   ${health === "FAILED" ? "0x04" : "0x00"}`,
    `Temperature:                        ${wear.temperatureC} Celsius`,
    "Available Spare:                    100%",
    "Available Spare Threshold:          10%",
    `Percentage Used:                    ${100 - wearLeftPercent}%`,
    `Power On Hours:                     ${wear.powerOnHours}`,
    "Unsafe Shutdowns:                   37",
    `Media and Data Integrity Errors:    ${wear.mediaErrors}`,
    `Error Information Log Entries:      ${wear.mediaErrors}`,
    "",
  ].join("\n");

function smart(call: Call): unknown {
  const wanted = textOf(call.parameters, "disk") ?? "";
  if (!/^\/dev\/[a-zA-Z0-9/]+$/.test(wanted)) throw badParameters({ disk: "value does not match the regex pattern" });
  const disk = nodeOf(call).machine.disks.find((one) => one.devpath === wanted);
  if (!disk) throw failure(500, `unable to find device ${wanted}`);
  if (flagOf(call.parameters, "healthonly")) return { health: disk.health };
  if (disk.type === "nvme") return { type: "text", health: disk.health, text: nvmeText(disk), ...(disk.wearLeftPercent === undefined ? {} : { wearout: disk.wearLeftPercent }) };
  const attributes = ataAttributes(disk).map(({ id, raw, value, threshold, ...rest }) => {
    const failing = threshold > 0 && value <= threshold;
    return { ...rest, id: String(id).padStart(3, " "), raw: String(raw), value, normalized: value, worst: value, threshold, fail: failing ? "NOW" : "-" };
  });
  return { type: "ata", health: disk.health, attributes };
}

function poolSizes(world: World, node: Node, pool: ZfsPool): { size: number; alloc: number; free: number } {
  const storage = world.storages.find((one) => one.name === pool.name);
  const { total, used } = storage ? usageOf(world, storage, node.name) : { total: 0, used: 0 };
  return { size: total, alloc: used, free: total - used };
}

function zpools(call: Call): unknown {
  const node = nodeOf(call);
  return node.machine.zfs.map((pool) => ({ name: pool.name, ...poolSizes(call.world, node, pool), frag: pool.fragmentationPercent, dedup: 1, health: pool.health }));
}

function zpool(call: Call): unknown {
  const pool = nodeOf(call).machine.zfs.find((one) => one.name === call.path.name);
  if (!pool) throw failure(500, `command '/sbin/zpool status -P ${call.path.name}' failed: exit code 1`);
  const members = pool.members.map((member) => ({ ...member, leaf: 1 }));
  const state = members.some((member) => member.state !== "ONLINE") ? "DEGRADED" : "ONLINE";
  const counts = { read: 0, write: 0, cksum: 0 };
  return {
    name: pool.name,
    state: pool.health,
    ...(pool.status ? { status: pool.status } : {}),
    ...(pool.action ? { action: pool.action } : {}),
    scan: pool.scan,
    errors: pool.errors,
    leaf: 0,
    children: [{ name: pool.name, state: pool.health, msg: "", ...counts, leaf: 0, children: [{ name: pool.vdev, state, msg: "", ...counts, leaf: 0, children: members }] }],
  };
}

function thinPools(call: Call): unknown {
  const node = nodeOf(call);
  return node.machine.thin.map((pool) => {
    const storage = call.world.storages.find((one) => one.name === pool.storage);
    const { total, used } = storage ? usageOf(call.world, storage, node.name) : { total: 0, used: 0 };
    return { lv: pool.lv, vg: pool.vg, lv_size: total, used, metadata_size: pool.metadataSizeBytes, metadata_used: Math.floor(pool.metadataSizeBytes * pool.metadataShare) };
  });
}

function volumeGroups(call: Call): unknown {
  const { disks, thin } = nodeOf(call).machine;
  const system = disks[0];
  if (thin.length === 0 || !system) return { leaf: 0, children: [] };
  const free = 17_179_869_184;
  return { leaf: 0, children: [{ name: "pve", size: system.sizeBytes, free, leaf: 0, children: [{ name: `${system.devpath}p3`, size: system.sizeBytes, free, leaf: 1 }] }] };
}

const audit = needs("/", "Sys.Audit");
const base = "/nodes/{node}/disks";

export const diskRoutes = (): Route[] => [
  get(`${base}/list`, list, { rules: { "include-partitions": FLAG, skipsmart: FLAG, type: oneOf("unused", "journal_disks") } }),
  get(`${base}/smart`, smart, { ...audit, rules: { disk: required(TEXT), healthonly: FLAG } }),
  get(`${base}/zfs`, zpools, audit),
  get(`${base}/zfs/{name}`, zpool, audit),
  get(`${base}/lvmthin`, thinPools, audit),
  get(`${base}/lvm`, volumeGroups, audit),
  get(`${base}/directory`, (call) => nodeOf(call) && [], audit),
];
