// The cluster as a whole: nodes that go, quorum, HA's timeline, schedules, replication, pools. On a clock moved by hand where hours pass.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { handClock } from "../../../plugins/lab/clock.ts";
import { makeSecrets } from "../../../plugins/lab/keep.ts";
import { createWorld } from "../../../plugins/lab/world/create.ts";
import { nextRun } from "../../../plugins/lab/world/jobs/schedule.ts";
import { leave, losePower, restorePower } from "../../../plugins/lab/world/machine/power.ts";
import { quorumOf } from "../../../plugins/lab/world/membership.ts";
import type { Node, World } from "../../../plugins/lab/world/state.ts";
import { fullWorld } from "./full-world.ts";
import { type OpenLab, openLab, record, rows } from "./open-lab.ts";

const START = Date.UTC(2026, 5, 1, 12);
const MINUTE_MS = 60_000;

function open() {
  const clock = handClock(START);
  return { clock, ...createWorld({ input: fullWorld, clock, seed: 1, dialect: "9.1", secrets: makeSecrets() }) };
}

function nodeOf(world: World, name: string): Node {
  const node = world.nodes.get(name);
  if (!node) throw new Error(`no node ${name}`);
  return node;
}

test("a node that loses power takes its guests and tasks along, and starts them in order when it is back", async () => {
  const { clock, world, stop } = open();
  const node = nodeOf(world, "pve");
  const task = world.tasks.start({ node: "pve", type: "vzdump", id: "", user: "root@pam", work: (worker) => worker.sleep(3_600_000) });
  await clock.advance(1_000);
  losePower(world, node);
  expect(await task.done).toBe("unexpected status");
  expect(task.log.some((line) => line.startsWith("TASK"))).toBe(false);
  expect(world.guests.get(101)?.status).toBe("stopped");
  expect(quorumOf(world, nodeOf(world, "Home"))).toEqual({ votes: 3, needed: 3, quorate: true });
  restorePower(world, node, MINUTE_MS);
  await clock.advance(10 * MINUTE_MS);
  expect([world.guests.get(101)?.status, world.guests.get(107)?.status]).toEqual(["running", "stopped"]);
  stop();
});

test("HA fences a dead node after a minute and recovers its service after two; a disk that stayed behind ends in error", async () => {
  const { clock, world, stop } = open();
  const guest = world.guests.get(104);
  losePower(world, nodeOf(world, "Home"));
  await clock.advance(90_000);
  expect(guest?.ha?.state).toBe("fence");
  await clock.advance(60_000);
  expect(guest?.node).not.toBe("Home");
  await clock.advance(5 * MINUTE_MS);
  expect(guest?.ha?.state).toBe("error");
  expect(world.tasks.all().some((task) => task.exit === "no such logical volume pve/vm-104-disk-0")).toBe(true);
  stop();
});

test("a node that reboots in good order keeps its HA service, frozen until it is back; one that is shut down loses it", async () => {
  const { clock, world, stop } = open();
  const guest = world.guests.get(104);
  leave(world, nodeOf(world, "Home"), true);
  await clock.advance(20_000);
  expect([guest?.status, guest?.ha?.state]).toEqual(["stopped", "freeze"]);
  await clock.advance(60_000);
  expect([nodeOf(world, "Home").power, guest?.node, guest?.ha?.state]).toEqual(["booting", "Home", "freeze"]);
  await clock.advance(2 * MINUTE_MS);
  expect([guest?.status, guest?.ha?.state]).toEqual(["running", "started"]);

  leave(world, nodeOf(world, "Home"), false);
  await clock.advance(5 * MINUTE_MS);
  expect(guest?.node).not.toBe("Home");
  stop();
});

test("the nightly job runs at its hour on every node and leaves one backup more", async () => {
  const { clock, world, stop } = open();
  const before = world.backups.filter((backup) => backup.vmid === 108).length;
  await clock.advance(16 * 60 * MINUTE_MS);
  const runs = world.tasks.all().filter((task) => task.type === "vzdump" && task.startedAt > START);
  expect(new Set(runs.map((task) => task.node))).toEqual(new Set(world.nodes.keys()));
  expect(runs.every((task) => task.exit === "OK")).toBe(true);
  expect(world.backups.filter((backup) => backup.vmid === 108 && backup.ctime * 1000 > START).length).toBe(1);
  expect(world.backups.filter((backup) => backup.vmid === 108).length).toBeGreaterThanOrEqual(Math.min(before, 7));
  stop();
}, 30_000);

test("replication syncs every quarter of an hour, counts failures while its target is gone, and recovers", async () => {
  const { clock, world, stop } = open();
  const job = world.replication[0];
  await clock.advance(20 * MINUTE_MS);
  expect([job?.failCount, (job?.lastSync ?? 0) > START]).toEqual([0, true]);
  losePower(world, nodeOf(world, "agent1"));
  await clock.advance(20 * MINUTE_MS);
  expect(job?.failCount).toBe(1);
  expect(job?.error).toContain("exit code 255");
  restorePower(world, nodeOf(world, "agent1"));
  await clock.advance(60 * MINUTE_MS);
  expect([job?.failCount, job?.error]).toEqual([0, undefined]);
  stop();
});

test("schedules are read as Proxmox writes them", () => {
  const at = (schedule: string): string | undefined => {
    const next = nextRun(schedule, START);
    return next === undefined ? undefined : new Date(next).toISOString().slice(5, 16);
  };
  expect([at("03:00"), at("*/15"), at("*:0/30"), at("sat 02:00"), at("mon..fri 22:00"), at("daily"), at("2,22:30"), at("nonsense")]).toEqual([
    "06-02T03:00",
    "06-01T12:15",
    "06-01T12:30",
    "06-06T02:00",
    "06-01T22:00",
    "06-02T00:00",
    "06-01T22:30",
    undefined,
  ]);
});

describe("over the API", () => {
  let lab: OpenLab;
  beforeAll(async () => {
    lab = await openLab({ speed: 100, world: fullWorld });
  });
  afterAll(() => lab.close());
  const root = async (method: string, path: string, params: Record<string, string | number | boolean> = {}) =>
    (await lab.control("POST", "/as", { user: "root@pam", method, path, params })).body;

  test("a pool's members and rights follow it", async () => {
    const pool = record((await root("GET", "/pools/web")).data);
    expect(rows(pool.members).map((row) => row.id)).toEqual(["qemu/101", "lxc/102"]);
    expect((await root("PUT", "/pools", { poolid: "web", vms: "109" })).status).toBe(200);
    expect(rows((await root("GET", "/cluster/resources", { type: "vm" })).data).find((row) => row.vmid === 109)?.pool).toBe("web");
    expect((await root("DELETE", "/pools", { poolid: "web" })).message).toBe("delete pool failed: pool 'web' is not empty");
  });

  test("backup jobs are made, changed and dropped, and say which guests nobody backs up", async () => {
    const uncovered = async () => rows((await root("GET", "/cluster/backup-info/not-backed-up")).data).map((row) => row.vmid);
    expect(await uncovered()).toEqual([107, 900]);
    expect((await root("POST", "/cluster/backup", { id: "extra", schedule: "sun 01:00", storage: "nas", vmid: "107" })).status).toBe(200);
    expect(await uncovered()).toEqual([900]);
    expect((await root("PUT", "/cluster/backup/extra", { schedule: "whenever" })).status).toBe(400);
    expect((await root("DELETE", "/cluster/backup/extra")).status).toBe(200);
    expect((await root("GET", "/cluster/backup/extra")).status).toBe(400);
  });

  test("HA groups are groups on 8.4 only", async () => {
    expect((await root("GET", "/cluster/ha/groups")).message).toBe("cannot index groups: ha groups have been migrated to rules");
    expect((await root("POST", "/cluster/ha/rules", { rule: "near", type: "node-affinity", resources: "vm:104", nodes: "Home", strict: true })).status).toBe(200);
    expect((await root("POST", "/cluster/ha/resources/vm:104/migrate", { node: "pve" })).data).toEqual({
      sid: "vm:104",
      "requested-node": "pve",
      "blocking-resources": [{ sid: "vm:104", cause: "node-affinity" }],
    });
  });

  test("thin pools tell data and metadata, ZFS pools their members, and what cannot be had is an error", async () => {
    const [thin] = rows((await root("GET", "/nodes/pve/disks/lvmthin")).data);
    expect(Number(thin?.metadata_used)).toBeLessThan(Number(thin?.metadata_size));
    expect(record((await root("GET", "/nodes/pve/disks/zfs/tank")).data).state).toBe("ONLINE");
    expect((await root("GET", "/cluster/ceph/status")).message).toBe("binary not installed: /usr/bin/ceph-mon");
  });

  test("a wake-up goes out from the node that was called, and a node cannot wake itself", async () => {
    const sent = await lab.control("POST", "/as", { user: "root@pam", method: "POST", path: "/nodes/Home/wakeonlan" });
    expect([sent.body.status, sent.body.errors !== undefined]).toEqual([400, true]);
  });
});
