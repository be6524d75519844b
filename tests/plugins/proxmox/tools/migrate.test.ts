// Migration over the lab: cold, with a restart and live; what stands in the way is told; a lost reply is found on either node.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { guestMigrate } from "../../../../plugins/proxmox/tools/migrate.ts";
import { type Move, obstacles, type Seen } from "../../../../plugins/proxmox/tools/migrate-check.ts";
import { until } from "../../../support/until.ts";
import { type House, openHouse } from "../house.ts";
import { look, lookCalm, loses, ruling, send, succeeds, words } from "./act.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse(40);
}, 60_000);
afterAll(() => house?.stop());

const nodeOf = async (vmid: number): Promise<string | undefined> => (await house.lab.truth()).guests.find((guest) => guest.vmid === vmid)?.node;

describe("a guest moves", () => {
  test("cold while it is stopped, and is looked for on the target", async () => {
    const { sent, verdict } = await succeeds(house.ctx, guestMigrate, { guest: "calibre", target: "PVE", withLocalDisks: true });
    expect(sent.result?.text).toBe("Asked Home to move calibre (119) to pve while it is stopped.");
    expect(verdict.words).toBe("calibre is on pve and stopped.");
    expect(await nodeOf(119)).toBe("pve");
  }, 120_000);

  test("with a restart when it is a running container", async () => {
    const { facts, verdict } = await succeeds(house.ctx, guestMigrate, { vmid: 111, target: "agent", withLocalDisks: true });
    expect(facts.facts).toMatchObject({ way: "restart", target: "agent", status: "running" });
    expect(verdict.words).toBe("mosquitto is on agent and running.");
  }, 120_000);

  test("live when it is a running VM, its local disks copied", async () => {
    const input = { vmid: 120, target: "pve", withLocalDisks: true };
    expect(await words(look(house.ctx, guestMigrate, input))).toContain("pbs cannot move to pve: its CPU type is host, and pve has another processor");
    await house.lab.as("root@pam", "PUT", "/nodes/agent1/qemu/120/config", { cpu: "x86-64-v2-AES" });
    expect(await words(look(house.ctx, guestMigrate, input))).toContain("its CPU type is host");
    await house.lab.as("root@pam", "POST", "/nodes/agent1/qemu/120/status/reboot");
    await until(async () => ((await words(look(house.ctx, guestMigrate, input))) === "well" ? true : undefined), { withinMs: 30_000, what: "the new CPU type in force" });
    const { sent, verdict } = await succeeds(house.ctx, guestMigrate, input);
    expect(sent.result?.text).toContain(" live.");
    expect(verdict.words).toBe("pbs is on pve and running.");
  }, 120_000);

  test("and a lost reply is found by the task of the node it left", async () => {
    const { said, found } = await loses(
      house,
      house.ctx,
      guestMigrate,
      { vmid: 116, target: "Home", withLocalDisks: true },
      { method: "POST", path: "/nodes/agent/lxc/116/migrate" },
    );
    expect(said).toStartWith("upstream");
    expect(found).toMatchObject({ upid: expect.stringContaining(":vzmigrate:116:jarvis@pve!operate:") });
  }, 120_000);

  test("and what Proxmox refuses after the look is a definite no", async () => {
    const facts = await lookCalm(house.ctx, guestMigrate, { vmid: 112, target: "pve", withLocalDisks: true });
    await house.lab.break("guest-lock-stale", "guest/112");
    expect(await words(send(house.ctx, guestMigrate, { vmid: 112, target: "pve" }, facts))).toContain("CT 112 is locked (backup)");
    expect(ruling(guestMigrate, await look(house.ctx, guestMigrate, { vmid: 112, target: "pve", withLocalDisks: true }), "operator")).toStartWith("refused locked");
    await house.lab.heal("guest-lock-stale");
  }, 60_000);
});

describe("what stands in the way is told before anything is sent", () => {
  test("local disks that nobody agreed to copy, a storage that is not there, the node it is on, a node that is not", async () => {
    expect(await words(look(house.ctx, guestMigrate, { vmid: 101, target: "Home" }))).toContain(
      "its disks local-lvm:vm-101-disk-0 are local and must be copied: say withLocalDisks to agree to the time and load of that",
    );
    expect(await words(look(house.ctx, guestMigrate, { vmid: 117, target: "Home", withLocalDisks: true }))).toContain("storage tank of its disks rootfs is not online on Home");
    expect(await words(look(house.ctx, guestMigrate, { vmid: 101, target: "pve" }))).toBe("unavailable: nextcloud is on pve already.");
    expect(await words(look(house.ctx, guestMigrate, { vmid: 101, target: "pve9" }))).toBe("not_found: There is no node pve9 in this cluster (Home, pve, agent1, agent).");
  });

  const machine = (over: object) => ({
    value: { memory: { total: 32 * 1024 ** 3, used: 8 * 1024 ** 3, free: undefined, available: undefined }, cpuinfo: { model: "i5" }, pveversion: "pve-manager/9.1.6/x", ...over },
  });
  const store = (over: object) => ({
    storage: "nas",
    type: "nfs",
    content: "images",
    active: true,
    enabled: true,
    shared: true,
    total: 100 * 1024 ** 3,
    used: 0,
    avail: 100 * 1024 ** 3,
    ...over,
  });
  const move = (over: Partial<Move>): Move => ({
    name: "x",
    sort: "qemu",
    running: true,
    memoryBytes: 4 * 1024 ** 3,
    config: { scsi0: "nas:vm-1-disk-0,size=32G" },
    target: "b",
    withLocalDisks: false,
    ...over,
  });
  const seen = (over: Partial<Seen> = {}): Seen => ({ stores: { value: [store({})] }, here: machine({}), there: machine({}), ha: { value: [] }, ...over });

  test("nothing, when all fits", () => expect(obstacles(move({}), seen())).toEqual([]));
  test.each([
    ["maintenance", move({}), seen({ ha: { value: [{ type: "lrm", node: "b", status: "b (maintenance mode, now)" }] } }), "HA says of b: b (maintenance mode, now)"],
    ["HA that cannot be read", move({}), seen({ ha: { words: "403" } }), "whether HA has b in maintenance could not be read (403)"],
    ["memory", move({ memoryBytes: 23 * 1024 ** 3 }), seen(), "b has 24 GiB of 32 GiB memory free, and with 23 GiB less fewer than 10 % would stay"],
    ["memory that is not told", move({ memoryBytes: undefined }), seen(), "how much memory b would have left could not be learned"],
    [
      "another processor under CPU type host",
      move({ config: { cpu: "host" } }),
      seen({ there: machine({ cpuinfo: { model: "i7" } }) }),
      "its CPU type is host, and b has another processor (i7 instead of i5)",
    ],
    ["an older release", move({}), seen({ there: machine({ pveversion: "pve-manager/8.4.1/x" }) }), "b runs Proxmox VE 8.4, older than the 9.1"],
    ["a device", move({ config: { hostpci0: "0000:01:00.0" } }), seen(), "hostpci0 is a device of the node"],
    ["an image in the drive", move({ config: { ide2: "local:iso/x.iso,media=cdrom" } }), seen(), "ide2 holds an image that is not on a shared storage"],
    ["a folder of the node", move({ sort: "lxc", config: { mp0: "/mnt/x,mp=/data" } }), seen(), "mp0 of x is a folder of its node"],
    [
      "no room for a copy",
      move({ config: { scsi0: "lvm:vm-1,size=95G" }, withLocalDisks: true }),
      seen({ stores: { value: [store({ storage: "lvm", shared: false })] } }),
      "would have 5 % free",
    ],
    ["storages that cannot be read", move({}), seen({ stores: { words: "no answer" } }), "the storages of b could not be read (no answer)"],
  ])("%s", (_, about, both, said) => expect(obstacles(about, both).join("; ")).toContain(said));
  test("a cloud-init drive is none", () => {
    expect(obstacles(move({ config: { scsi0: "nas:vm-1-disk-0,size=32G", ide2: "local-lvm:vm-1-cloudinit,media=cdrom,size=4M" } }), seen())).toEqual([]);
  });

  test("a mapped device and a stopped guest's processor are no hindrance", () => {
    expect(obstacles(move({ config: { hostpci0: "mapping=gpu" } }), seen())).toEqual([]);
    expect(obstacles(move({ running: false, config: { cpu: "host" }, memoryBytes: 31 * 1024 ** 3 }), seen({ there: machine({ cpuinfo: { model: "i7" } }) }))).toEqual([]);
  });
});
