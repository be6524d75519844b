// What each fault shows through the API, as the detectors will read it: there while it stands, gone when it is healed.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { until } from "../../support/until.ts";
import { type OpenLab, openLab, record, rows } from "./open-lab.ts";

let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab({ speed: 60 });
});
afterAll(() => lab.close());

type Row = Record<string, unknown>;
/** Read as root, so that no missing privilege hides anything. */
const read = async (path: string): Promise<unknown> => {
  const [plain = "", query = ""] = path.split("?");
  const { body } = await lab.control("POST", "/as", { user: "root@pam", method: "GET", path: plain, params: Object.fromEntries(new URLSearchParams(query)) });
  return body.data;
};
const one = async (path: string, fits: (row: Row) => boolean): Promise<Row> => rows(await read(path)).find(fits) ?? {};
const lines = async (node: string): Promise<string> => {
  const data = await read(`/nodes/${node}/journal?lastentries=60`);
  return Array.isArray(data) ? data.join("\n") : "";
};
const nowSeconds = async (): Promise<number> => Number(record(await read("/nodes/Home/time")).time);

interface Evidence {
  fault: string;
  target?: string;
  args?: Row;
  shows: string;
  so(): Promise<boolean>;
  /** Journal lines stay written when the fault is gone. */
  stays?: true;
}

const TABLE: Evidence[] = [
  { fault: "guest-hung", target: "guest/101", shows: "its agent is not running", so: async () => (await lab.call("POST", "/nodes/pve/qemu/101/agent/ping")).status === 500 },
  {
    fault: "guest-frozen",
    target: "guest/101",
    shows: "fsfreeze-status is frozen",
    so: async () => JSON.stringify(await lab.control("POST", "/as", { user: "root@pam", method: "POST", path: "/nodes/pve/qemu/101/agent/fsfreeze-status" })).includes("frozen"),
  },
  {
    fault: "guest-io-error",
    target: "guest/101",
    shows: "qmpstatus is io-error",
    so: async () => record(await read("/nodes/pve/qemu/101/status/current")).qmpstatus === "io-error",
  },
  { fault: "guest-user-pause", target: "guest/101", shows: "qmpstatus is paused", so: async () => record(await read("/nodes/pve/qemu/101/status/current")).qmpstatus === "paused" },
  {
    fault: "ct-disk-full",
    target: "guest/105",
    shows: "its disk is over 90 %",
    so: async () => {
      const ct = record(await read("/nodes/Home/lxc/105/status/current"));
      return Number(ct.disk) / Number(ct.maxdisk) > 0.9;
    },
  },
  {
    fault: "ct-oom",
    target: "guest/105",
    shows: "its cgroup's kill is in the journal",
    stays: true,
    so: async () => /Memory cgroup out of memory|oom_memcg=\/lxc\/105/.test(await lines("Home")),
  },
  {
    fault: "guest-lock-stale",
    target: "guest/101",
    shows: "the lock is in the list",
    so: async () => (await one("/cluster/resources?type=vm", (row) => row.vmid === 101)).lock === "backup",
  },
  {
    fault: "snapshot-old",
    target: "guest/101",
    shows: "a snapshot over 70 days old",
    so: async () => {
      const now = await nowSeconds();
      return rows(await read("/nodes/pve/qemu/101/snapshot")).some((row) => now - Number(row.snaptime) > 70 * 86_400);
    },
  },
  { fault: "node-isolated", target: "node/agent", shows: "the others see it offline", so: async () => (await one("/cluster/status", (row) => row.name === "agent")).online === 0 },
  { fault: "quorum-lost", shows: "not quorate", so: async () => (await one("/cluster/status", (row) => row.type === "cluster")).quorate === 0 },
  {
    fault: "corosync-flapping",
    target: "node/agent",
    shows: "link down in another's journal",
    stays: true,
    so: async () => /\[KNET {2}\] link: host: \d link: 0 is down/.test(await lines("pve")),
  },
  {
    fault: "ha-service-error",
    target: "guest/104",
    shows: "its HA state is error",
    so: async () => (await one("/cluster/ha/status/current", (row) => row.sid === "vm:104")).state === "error",
  },
  {
    fault: "ha-fence-loop",
    target: "guest/104",
    shows: "its HA state is fence",
    so: async () => (await one("/cluster/ha/status/current", (row) => row.sid === "vm:104")).state === "fence",
  },
  {
    fault: "node-maintenance-left",
    target: "node/agent",
    shows: "the LRM is in maintenance",
    so: async () => String((await one("/cluster/ha/status/current", (row) => row.id === "lrm:agent")).status).includes("maintenance"),
  },
  {
    fault: "thin-pool-full",
    target: "storage/agent1/local-lvm",
    shows: "data over 95 %",
    so: async () => {
      const pool = rows(await read("/nodes/agent1/disks/lvmthin"))[0] ?? {};
      return Number(pool.used) / Number(pool.lv_size) > 0.95;
    },
  },
  {
    fault: "thin-metadata-full",
    target: "storage/agent1/local-lvm",
    shows: "metadata over 95 %",
    so: async () => {
      const pool = rows(await read("/nodes/agent1/disks/lvmthin"))[0] ?? {};
      return Number(pool.metadata_used) / Number(pool.metadata_size) > 0.95;
    },
  },
  { fault: "zfs-degraded", target: "node/pve", shows: "the pool is DEGRADED", so: async () => rows(await read("/nodes/pve/disks/zfs"))[0]?.health === "DEGRADED" },
  {
    fault: "zfs-full",
    target: "node/pve",
    shows: "the pool is over 80 %",
    so: async () => {
      const pool = rows(await read("/nodes/pve/disks/zfs"))[0] ?? {};
      return Number(pool.alloc) / Number(pool.size) > 0.8;
    },
  },
  { fault: "disk-failing", target: "node/pve", shows: "a disk FAILED", so: async () => rows(await read("/nodes/pve/disks/list")).some((disk) => disk.health === "FAILED") },
  { fault: "disk-wear", target: "node/pve", shows: "a disk with 4 % left", so: async () => rows(await read("/nodes/pve/disks/list")).some((disk) => disk.wearout === 4) },
  {
    fault: "node-root-full",
    target: "node/pve",
    shows: "rootfs over 90 %",
    so: async () => {
      const root = record(record(await read("/nodes/pve/status")).rootfs);
      return Number(root.used) / Number(root.total) > 0.9;
    },
  },
  {
    fault: "node-memory-pressure",
    target: "node/pve",
    shows: "memory over 95 %",
    so: async () => {
      const memory = record(record(await read("/nodes/pve/status")).memory);
      return Number(memory.used) / Number(memory.total) > 0.95;
    },
  },
  { fault: "io-storm", target: "guest/101", shows: "the node waits", so: async () => Number(record(await read("/nodes/pve/status")).wait) > 0.3 },
  {
    fault: "storage-offline",
    target: "storage/pve/nas",
    shows: "enabled and not active on one node",
    so: async () => {
      const row = await one("/nodes/pve/storage", (storage) => storage.storage === "nas");
      const other = await one("/nodes/Home/storage", (storage) => storage.storage === "nas");
      return row.enabled === 1 && row.active === 0 && other.active === 1;
    },
  },
  {
    fault: "storage-disabled",
    target: "storage/shared/nas",
    shows: "not enabled",
    so: async () =>
      (await one("/nodes/pve/storage", (storage) => storage.storage === "nas")).active !== 1 &&
      (await one("/nodes/pve/storage", (storage) => storage.storage === "nas")).enabled !== 1,
  },
  {
    fault: "backup-fails",
    target: "guest/101",
    shows: "a vzdump task with errors",
    stays: true,
    so: async () => rows(await read("/nodes/pve/tasks?vmid=101&typefilter=vzdump")).some((task) => task.status === "job errors"),
  },
  {
    fault: "guest-in-no-job",
    target: "guest/101",
    shows: "not backed up",
    so: async () => rows(await read("/cluster/backup-info/not-backed-up")).some((guest) => guest.vmid === 101),
  },
  { fault: "backup-job-disabled", shows: "no job is enabled", so: async () => rows(await read("/cluster/backup")).every((job) => job.enabled === 0) },
  {
    fault: "backup-stale",
    target: "guest/101",
    shows: "its newest backup is over 3 days old",
    so: async () => {
      const now = await nowSeconds();
      const times = rows(await read("/nodes/pve/storage/backups/content?vmid=101")).map((volume) => Number(volume.ctime));
      return now - Math.max(...times) > 3 * 86_400;
    },
  },
  {
    fault: "replication-fails",
    target: "guest/101",
    shows: "fail_count and an error",
    so: async () => rows(await read("/nodes/pve/replication")).some((job) => Number(job.fail_count) > 0 && String(job.error).length > 5),
  },
  {
    fault: "certificate-expiring",
    target: "node/pve",
    shows: "notafter in 6 days",
    so: async () => {
      const now = await nowSeconds();
      return rows(await read("/nodes/pve/certificates/info")).some((file) => Number(file.notafter) - now < 7 * 86_400);
    },
  },
  {
    fault: "time-drift",
    target: "node/agent",
    shows: "its time is 42 s ahead",
    so: async () => Math.abs(Number(record(await read("/nodes/agent/time")).time) - (await nowSeconds()) - 42) < 30,
  },
  { fault: "node-timezone", target: "node/agent", shows: "another zone, the same time", so: async () => record(await read("/nodes/agent/time")).timezone === "Europe/Berlin" },
  { fault: "agent-dead", target: "guest/106", shows: "its agent is not running", so: async () => (await lab.call("POST", "/nodes/agent1/qemu/106/agent/ping")).status === 500 },
  { fault: "updates-pending", target: "node/pve", shows: "many updates", so: async () => rows(await read("/nodes/pve/apt/update")).length > 10 },
  {
    fault: "node-version-mixed",
    target: "node/agent",
    shows: "another release",
    so: async () => String(record(await read("/nodes/agent/version")).version) !== String(record(await read("/nodes/pve/version")).version),
  },
  { fault: "pmxcfs-down", target: "node/agent", shows: "500 from that node", so: async () => (await lab.call("GET", "/nodes/agent/status")).status >= 500 },
  { fault: "pveproxy-dead", target: "node/agent", shows: "595 through another", so: async () => (await lab.call("GET", "/nodes/agent/status")).status === 595 },
  { fault: "guest-config-changed", target: "guest/101", shows: "another memory", so: async () => String(record(await read("/nodes/pve/qemu/101/config")).memory) === "16384" },
  { fault: "ct-bind-mount", target: "guest/105", shows: "a mount point", so: async () => record(await read("/nodes/Home/lxc/105/config")).mp0 !== undefined },
  {
    fault: "guests-not-started",
    target: "node/pve",
    shows: "onboot and stopped after a boot",
    so: async () => {
      const status = record(await read("/nodes/pve/status"));
      return Number(status.uptime) < 900 && rows(await read("/nodes/pve/lxc")).some((ct) => ct.status === "stopped");
    },
  },
];

for (const { fault, target, args = {}, shows, so, stays } of TABLE)
  test(`${fault}: ${shows}, and no more when healed`, async () => {
    if (!stays) expect(await so()).toBe(false);
    const broken = await lab.control("POST", "/faults", { name: fault, ...(target ? { target } : {}), ...args });
    expect(broken.status).toBe(200);
    await until(so, { what: `${fault}: ${shows}` });
    await lab.control("DELETE", "/faults", {});
    if (!stays) await until(async () => !(await so()), { what: `${fault} is gone` });
  }, 20_000);

test("a node that is down: its own row offline at once, its guests unknown after five minutes, HA brings its service up elsewhere", async () => {
  const resource = (id: string) => one("/cluster/resources", (row) => row.id === id);
  await lab.control("POST", "/faults", { name: "node-down", target: "node/home" });
  await until(async () => (await resource("node/Home")).status === "offline", { what: "offline" });
  const ct = await resource("lxc/105");
  expect([ct.status, ct.name]).toEqual(["running", "jellyfin"]);
  await until(async () => (await one("/cluster/ha/status/current", (row) => row.sid === "vm:104")).state === "fence", { what: "the fence" });
  await until(async () => (await resource("qemu/104")).node !== "Home", { what: "HA's recovery" });
  await until(async () => (await resource("lxc/105")).status === "unknown", { what: "unknown", withinMs: 15_000 });
  expect((await resource("lxc/105")).name).toBeUndefined();
  await lab.control("DELETE", "/faults", {});
  await until(async () => (await resource("lxc/105")).status === "running", { what: "it runs again", withinMs: 15_000 });
}, 60_000);

test("a hanging mount: the node's storages do not answer and its numbers stand still, another node goes on", async () => {
  await lab.control("POST", "/faults", { name: "storage-hang", target: "storage/agent/nas" });
  const hung = await Promise.race([lab.call("GET", "/nodes/agent/storage").then((reply) => reply.status), Bun.sleep(300).then(() => "hangs")]);
  expect([hung === "hangs" || hung === 596, (await lab.call("GET", "/nodes/Home/storage")).status]).toEqual([true, 200]);
  const cpu = (await one("/cluster/resources", (row) => row.id === "node/agent")).cpu;
  const other = (await one("/cluster/resources", (row) => row.id === "node/Home")).cpu;
  await until(async () => (await one("/cluster/resources", (row) => row.id === "node/Home")).cpu !== other, { what: "a round of another node" });
  expect((await one("/cluster/resources", (row) => row.id === "node/agent")).cpu).toBe(cpu);
  await lab.control("DELETE", "/faults", {});
  await until(async () => (await lab.call("GET", "/nodes/agent/storage")).status === 200, { what: "its storages answer" });
}, 30_000);
