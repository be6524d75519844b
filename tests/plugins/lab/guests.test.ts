// Guests under other people's hands: configuration under its digest, snapshots as a tree, clones, moves, larger disks, the agent. Locks are held and refused as on a real node.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { until } from "../../support/until.ts";
import { fullWorld } from "./full-world.ts";
import { ended, type OpenLab, openLab, record, rows } from "./open-lab.ts";

let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab({ speed: 100, world: fullWorld });
});
afterAll(() => lab.close());

type Params = Record<string, string | number | boolean>;

async function as(user: string, method: string, path: string, params: Params = {}) {
  const { body } = await lab.control("POST", "/as", { user, method, path, params });
  return { status: body.status, data: body.data, message: body.message, errors: body.errors };
}
const root = (method: string, path: string, params: Params = {}) => as("root@pam", method, path, params);
const config = async (path: string) => record((await root("GET", `${path}/config`)).data);

test("a configuration's digest guards its writing, and every key wants its own privilege", async () => {
  const before = await config("/nodes/pve/qemu/110");
  expect((await root("PUT", "/nodes/pve/qemu/110/config", { tags: "b,a", digest: String(before.digest) })).status).toBe(200);
  expect((await config("/nodes/pve/qemu/110")).tags).toBe("a;b");
  expect((await root("PUT", "/nodes/pve/qemu/110/config", { tags: "c", digest: String(before.digest) })).message).toBe(
    "detected modified configuration - file changed by other user? Try again.",
  );
  expect((await as("guest@pve", "PUT", "/nodes/pve/qemu/101/config", { cores: 8 })).message).toBe("Permission check failed (/vms/101, VM.Config.CPU)");
  expect((await root("PUT", "/nodes/pve/qemu/110/config", { nonsense: 1 })).errors).toEqual({
    nonsense: "property is not defined in schema and the schema does not allow additional properties",
  });
  expect((await root("PUT", "/nodes/pve/qemu/110/config")).message).toBe("no options specified");
});

test("what a running VM cannot take waits as pending and comes with the next start", async () => {
  await root("PUT", "/nodes/pve/qemu/110/config", { cores: 4, memory: "8192" });
  const pending = rows((await root("GET", "/nodes/pve/qemu/110/pending")).data);
  expect(pending.find((row) => row.key === "cores")).toEqual({ key: "cores", value: 2, pending: 4 });
  expect(record((await root("GET", "/nodes/pve/qemu/110/config", { current: true })).data).cores).toBe(2);
  expect((await config("/nodes/pve/qemu/110")).cores).toBe(4);
  expect(await ended(lab, (await root("POST", "/nodes/pve/qemu/110/status/reboot")).data)).toBe("OK");
  const { cpus, maxmem } = record((await root("GET", "/nodes/pve/qemu/110/status/current")).data);
  expect([cpus, maxmem]).toEqual([4, 8_589_934_592]);
  expect(rows((await root("GET", "/nodes/pve/qemu/110/pending")).data).some((row) => "pending" in row)).toBe(false);
});

test("snapshots grow a tree; a rollback stops the guest and the next one branches off", async () => {
  const path = "/nodes/pve/lxc/115";
  const names = async () => rows((await root("GET", `${path}/snapshot`)).data).map((row) => [row.name, row.parent]);
  const take = async (snapname: string) => ended(lab, (await root("POST", `${path}/snapshot`, { snapname })).data);
  expect([await take("one"), await take("two")]).toEqual(["OK", "OK"]);
  expect(await take("two")).toBe("snapshot name 'two' already used");
  expect(await ended(lab, (await root("POST", `${path}/snapshot/one/rollback`)).data)).toBe("OK");
  expect(record((await root("GET", `${path}/status/current`)).data).status).toBe("stopped");
  expect(await take("three")).toBe("OK");
  expect(await names()).toEqual([
    ["one", undefined],
    ["two", "one"],
    ["three", "one"],
    ["current", "three"],
  ]);
  expect(await ended(lab, (await root("DELETE", `${path}/snapshot/one`)).data)).toBe("OK");
  expect(await names()).toEqual([
    ["two", undefined],
    ["three", undefined],
    ["current", "three"],
  ]);
  expect((await root("POST", `${path}/snapshot`, { snapname: "current" })).message).toBe("unable to use snapshot name 'current'");
  expect((await root("POST", `${path}/snapshot`, { snapname: "9x" })).errors).toEqual({ snapname: "invalid format - invalid configuration ID '9x'\n" });
});

test("a snapshot holds its lock while it runs, and a second act is refused by it", async () => {
  const path = "/nodes/pve/qemu/101";
  const { data } = await root("POST", `${path}/snapshot`, { snapname: "held", vmstate: true });
  await until(async () => record((await root("GET", `${path}/status/current`)).data).lock === "snapshot", { what: "the lock" });
  expect((await root("PUT", `${path}/config`, { description: "x" })).message).toBe("VM 101 is locked (snapshot)");
  expect((await root("POST", `${path}/migrate`, { target: "agent1", online: true })).message).toBe("VM 101 is locked (snapshot)");
  expect(await ended(lab, data)).toBe("OK");
});

test("a stale lock gives way to root's skiplock and to nobody else", async () => {
  const path = "/nodes/pve/qemu/107/config";
  await root("PUT", path, { lock: "backup" });
  expect((await root("PUT", path, { description: "x" })).message).toBe("VM 107 is locked (backup)");
  expect((await as("olli@pve", "PUT", path, { delete: "lock", skiplock: true })).errors).toEqual({ skiplock: "Only root may use this option." });
  expect((await root("PUT", path, { delete: "lock", skiplock: true })).status).toBe(200);
  expect((await config("/nodes/pve/qemu/107")).lock).toBeUndefined();
});

test("a template is cloned by link, a VM in full; the clone is locked until its disk is there", async () => {
  const { data } = await root("POST", "/nodes/pve/qemu/900/clone", { newid: 901, name: "fresh" });
  expect(await ended(lab, data)).toBe("OK");
  const made = await config("/nodes/pve/qemu/901");
  expect([made.name, made.template, made.lock]).toEqual(["fresh", undefined, undefined]);
  expect(made.smbios1).not.toBe((await config("/nodes/pve/qemu/900")).smbios1);
  expect((await root("POST", "/nodes/pve/qemu/900/clone", { newid: 101 })).message).toBe("unable to create VM 101: config file already exists");
  expect((await root("POST", "/nodes/pve/qemu/101/clone", { newid: 902, full: false })).errors).toEqual({ full: "Linked clone feature is not supported for drive 'scsi0'" });
  expect(await ended(lab, (await root("DELETE", "/nodes/pve/qemu/901")).data)).toBe("OK");
  expect((await root("GET", "/nodes/pve/qemu/901/config")).message).toBe("Configuration file 'nodes/pve/qemu-server/901.conf' does not exist");
  expect((await root("DELETE", "/nodes/pve/qemu/101")).message).toBe("VM 101 is running - destroy failed");
});

test("a move looks ahead, refuses what a real node refuses at once, and carries the guest over", async () => {
  const path = "/nodes/pve/qemu/110";
  const ahead = record((await root("GET", `${path}/migrate`)).data);
  expect([ahead.running, rows(ahead.local_disks).length]).toEqual([1, 1]);
  expect((await root("POST", `${path}/migrate`, { target: "agent1" })).message).toBe("can't migrate running VM without --online");
  expect((await root("POST", `${path}/migrate`, { target: "pve", online: true })).errors).toEqual({ target: "target is local node." });
  expect((await root("POST", `${path}/migrate`, { target: "nowhere", online: true })).message).toBe("no such cluster node 'nowhere'");
  expect(await ended(lab, (await root("POST", `${path}/migrate`, { target: "agent1", online: true })).data)).toBe("migration aborted");
  const { data } = await root("POST", `${path}/migrate`, { target: "agent1", online: true, "with-local-disks": true });
  await until(async () => record((await root("GET", `${path}/status/current`)).data).lock === "migrate", { what: "the lock" });
  expect(await ended(lab, data)).toBe("OK");
  expect(record((await root("GET", "/nodes/agent1/qemu/110/status/current")).data).status).toBe("running");
  expect((await root("GET", `${path}/status/current`)).message).toBe("Configuration file 'nodes/pve/qemu-server/110.conf' does not exist");
});

test("a running container moves by a restart only", async () => {
  const path = "/nodes/pve/lxc/114";
  expect((await root("POST", `${path}/migrate`, { target: "agent1" })).message).toBe("can't migrate running container without --online or --restart");
  expect(await ended(lab, (await root("POST", `${path}/migrate`, { target: "agent1", restart: true })).data)).toBe("OK");
  expect(record((await root("GET", "/nodes/agent1/lxc/114/status/current")).data).status).toBe("running");
});

test("a disk grows and never shrinks", async () => {
  const path = "/nodes/pve/lxc/102";
  expect(await ended(lab, (await root("PUT", `${path}/resize`, { disk: "rootfs", size: "+8G" })).data)).toBe("OK");
  expect(record((await root("GET", `${path}/status/current`)).data).maxdisk).toBe(40 * 1_073_741_824);
  expect((await root("PUT", `${path}/resize`, { disk: "rootfs", size: "1G" })).message).toBe("unable to shrink disk size");
  expect((await root("PUT", `${path}/resize`, { disk: "mp7", size: "+1G" })).message).toBe("disk 'mp7' does not exist");
});

test("the agent runs commands, freezes and thaws, and says so when it is not there", async () => {
  const path = "/nodes/pve/qemu/101/agent";
  const { pid } = record((await root("POST", `${path}/exec`, { command: "hostname" })).data);
  await until(async () => record((await root("GET", `${path}/exec-status`, { pid: Number(pid) })).data).exited !== 0 || undefined, { what: "the exit" });
  expect((await root("GET", `${path}/exec-status`, { pid: Number(pid) })).message).toBe(`Agent error: PID ${pid} does not exist`);
  expect(record((await root("POST", `${path}/fsfreeze-freeze`)).data).result).toBe(1);
  expect(record((await root("POST", `${path}/fsfreeze-status`)).data).result).toBe("frozen");
  expect(record((await root("POST", `${path}/fsfreeze-thaw`)).data).result).toBe(1);
  expect((await root("POST", "/nodes/pve/qemu/107/agent/ping")).message).toBe("VM 107 is not running");
  expect((await as("jarvis@pve!observe", "POST", `${path}/exec`, { command: "id" })).message).toBe("Permission check failed (/vms/101, VM.GuestAgent.Unrestricted)");
});
