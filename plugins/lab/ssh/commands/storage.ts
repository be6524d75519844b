// Disks, pools and file systems as df, zpool, lvs, pvesm and smartctl print them. df waits for a hung mount as the real one does.
import { nodeLoadOf } from "../../world/load.ts";
import { GIB, type Storage } from "../../world/state.ts";
import { hasStorage, usageOf } from "../../world/storage.ts";
import { type Command, complained, type Machine, said, table } from "../output.ts";

const HANG_MS = 86_400_000;
const NETWORK = new Set(["nfs", "cifs"]);

const size = (bytes: number): string => (bytes >= 1024 * GIB ? `${(bytes / 1024 / GIB).toFixed(1)}T` : `${(bytes / GIB).toFixed(bytes < 10 * GIB ? 1 : 0)}G`);
const here = ({ world, node }: Machine): Storage[] => world.storages.filter((storage) => hasStorage(storage, node.name) && !storage.disabled);
const mounted = (storage: Storage, node: string): boolean => storage.active && !storage.offOn.has(node);

const df: Command = async (at, words) => {
  const { world, node } = at;
  const mounts = here(at).filter((storage) => NETWORK.has(storage.seed.type) && mounted(storage, node.name));
  const only = words.find((word) => word.startsWith("/"));
  const asked = mounts.filter((storage) => only === undefined || only === `/mnt/pve/${storage.name}`);
  if (!words.includes("-l") && asked.some((storage) => storage.hangsOn.has(node.name))) await world.clock.sleep(HANG_MS);
  const row = (source: string, total: number, used: number, path: string): string[] => [
    source,
    size(total),
    size(used),
    size(Math.max(0, total - used)),
    `${Math.ceil((used / total) * 100)}%`,
    path,
  ];
  const rootTotal = node.seed.rootGiB * GIB;
  const rows = [
    ...(only === undefined || only === "/" ? [row("/dev/mapper/pve-root", rootTotal, nodeLoadOf(world, node).rootBytes, "/")] : []),
    ...asked.map((storage) => {
      const { total, used } = usageOf(world, storage, node.name);
      return row(`192.168.1.10:/export/${storage.name}`, total, used, `/mnt/pve/${storage.name}`);
    }),
  ];
  return said(table([["Filesystem", "Size", "Used", "Avail", "Use%", "Mounted on"], ...rows], new Set([1, 2, 3, 4])));
};

const zpool: Command = ({ world, node }, words) => {
  const pools = node.machine.zfs;
  if (words[0] === "list")
    return said(
      table([
        ["NAME", "SIZE", "ALLOC", "FREE", "FRAG", "CAP", "HEALTH"],
        ...pools.map((pool) => {
          const storage = world.storages.find((one) => one.name === pool.name);
          const { total, used } = storage ? usageOf(world, storage, node.name) : { total: 1, used: 0 };
          return [pool.name, size(total), size(used), size(total - used), `${pool.fragmentationPercent}%`, `${Math.round((used / total) * 100)}%`, pool.health];
        }),
      ]),
    );
  if (words[0] !== "status") return complained("this lab's zpool only looks: list, status [-x]", 2);
  const shown = words.includes("-x")
    ? pools.filter((pool) => pool.health !== "ONLINE" || pool.members.some((member) => member.state !== "ONLINE" || member.cksum + member.read + member.write > 0))
    : pools;
  if (shown.length === 0) return said(pools.length === 0 ? "no pools available" : "all pools are healthy");
  return said(
    shown.flatMap((pool) => [
      `  pool: ${pool.name}`,
      ` state: ${pool.health}`,
      ...(pool.status ? [`status: ${pool.status}`] : []),
      ...(pool.action ? [`action: ${pool.action}`] : []),
      `  scan: ${pool.scan}`,
      "config:",
      "",
      `\t${"NAME".padEnd(46)} STATE     READ WRITE CKSUM`,
      `\t${pool.name.padEnd(46)} ${pool.health.padEnd(9)} 0     0     0`,
      `\t  ${pool.vdev.padEnd(44)} ${pool.health.padEnd(9)} 0     0     0`,
      ...pool.members.map(
        (member) => `\t    ${member.name.padEnd(42)} ${member.state.padEnd(9)} ${member.read}     ${member.write}     ${member.cksum}${member.msg ? `  ${member.msg}` : ""}`,
      ),
      "",
      `errors: ${pool.errors}`,
      "",
    ]),
  );
};

const lvs: Command = ({ world, node }) =>
  said(
    table([
      ["LV", "VG", "Attr", "LSize", "Data%", "Meta%"],
      ...node.machine.thin.map((pool) => {
        const storage = world.storages.find((one) => one.name === pool.storage);
        const { total, used } = storage ? usageOf(world, storage, node.name) : { total: 1, used: 0 };
        return [pool.lv, pool.vg, "twi-aotz--", size(total), ((used / total) * 100).toFixed(2), (pool.metadataShare * 100).toFixed(2)];
      }),
    ]),
  );

const pvesm: Command = async (at, words) => {
  if (words[0] !== "status") return complained("this lab's pvesm only looks: status", 255);
  const { world, node } = at;
  if (here(at).some((storage) => storage.hangsOn.has(node.name))) await world.clock.sleep(HANG_MS);
  const rows = here(at).map((storage) => {
    const on = mounted(storage, node.name);
    const { total, used, avail } = on ? usageOf(world, storage, node.name) : { total: 0, used: 0, avail: 0 };
    return [
      storage.name,
      storage.seed.type,
      on ? "active" : "inactive",
      ...[total, used, avail].map((bytes) => String(Math.floor(bytes / 1024))),
      `${(total > 0 ? (used / total) * 100 : 0).toFixed(2)}%`,
    ];
  });
  return said(table([["Name", "Type", "Status", "Total", "Used", "Available", "%"], ...rows]));
};

const smartctl: Command = ({ node }, words) => {
  const disk = node.machine.disks.find((one) => words.includes(one.devpath));
  if (!disk) return complained(`Smartctl open device: ${words.at(-1) ?? ""} failed: No such device`, 2);
  return said(
    [
      `Device Model:     ${disk.model}`,
      `Serial Number:    ${disk.serial}`,
      `SMART overall-health self-assessment test result: ${disk.health === "FAILED" ? "FAILED!" : "PASSED"}`,
      `Power_On_Hours ${disk.wear.powerOnHours}`,
      `Reallocated_Sector_Ct ${disk.wear.reallocated}`,
      `Current_Pending_Sector ${disk.wear.pending}`,
      `Offline_Uncorrectable ${disk.wear.uncorrectable}`,
      `Temperature_Celsius ${disk.wear.temperatureC}`,
      ...(disk.wearLeftPercent === undefined ? [] : [`Percentage Used: ${100 - disk.wearLeftPercent}%`]),
    ],
    disk.health === "FAILED" ? 8 : 0,
  );
};

const lsblk: Command = ({ node }) =>
  said(table([["NAME", "SIZE", "TYPE", "MODEL"], ...node.machine.disks.map((disk) => [disk.devpath.replace("/dev/", ""), size(disk.sizeBytes), "disk", disk.model])]));

export const storage: Record<string, Command> = { df, zpool, lvs, pvesm, smartctl, lsblk };
