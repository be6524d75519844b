// Tasks run as on a real node: UPIDs, growing logs, exit texts, locks, and the differences between VMs and containers.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { parseUpid } from "../../../plugins/lab/upid.ts";
import { until } from "../../support/until.ts";
import { ended, type OpenLab, openLab, record, rows } from "./open-lab.ts";

let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab({ speed: 60 });
});
afterAll(() => lab.close());

const power = (kind: "qemu" | "lxc", vmid: number, node: string, verb: string, form: Record<string, string> = {}) =>
  lab.call("POST", `/nodes/${node}/${kind}/${vmid}/status/${verb}`, { as: "act", form });
const current = async (kind: "qemu" | "lxc", vmid: number, node: string) => record((await lab.call("GET", `/nodes/${node}/${kind}/${vmid}/status/current`)).data);

test("a start answers a UPID of the right node, type, id and user, and ends OK with the guest up", async () => {
  expect(await ended(lab, (await power("lxc", 114, "pve", "stop")).data)).toBe("OK");
  const { data } = await power("lxc", 114, "pve", "start");
  expect(parseUpid(String(data))).toMatchObject({ node: "pve", type: "vzstart", id: "114", user: "jarvis@pve!operate" });
  const status = record((await lab.call("GET", `/nodes/pve/tasks/${encodeURIComponent(String(data))}/status`)).data);
  expect(status).toMatchObject({ user: "jarvis@pve", tokenid: "operate", type: "vzstart" });
  expect(await ended(lab, data)).toBe("OK");
  const log = await lab.call("GET", `/nodes/pve/tasks/${encodeURIComponent(String(data))}/log?limit=0`);
  expect(rows(log.data).at(-1)).toEqual({ n: 1, t: "TASK OK" });
  expect(log.body.total).toBe(1);
  expect((await current("lxc", 114, "pve")).status).toBe("running");
});

test("a running task has no exit status, and is listed as running without end or status in /cluster/tasks", async () => {
  const { data } = await power("qemu", 110, "pve", "shutdown");
  const path = `/nodes/pve/tasks/${encodeURIComponent(String(data))}/status`;
  const first = record((await lab.call("GET", path)).data);
  expect([first.status, first.exitstatus]).toEqual(["running", undefined]);
  const listed = rows((await lab.call("GET", "/cluster/tasks")).data).find((row) => row.upid === data);
  expect([listed?.pid === undefined, listed?.endtime, listed?.status]).toEqual([false, undefined, undefined]);
  const active = rows((await lab.call("GET", "/nodes/pve/tasks?source=active")).data).find((row) => row.upid === data);
  expect(active?.status).toBe("RUNNING");
  expect(await ended(lab, data)).toBe("OK");
  const done = rows((await lab.call("GET", "/cluster/tasks")).data).find((row) => row.upid === data);
  expect([done?.pid, done?.status, typeof done?.endtime]).toEqual([undefined, "OK", "number"]);
  await ended(lab, (await power("qemu", 110, "pve", "start")).data);
});

test("starting a running VM fails in its task, a running container at once", async () => {
  expect(await ended(lab, (await power("qemu", 101, "pve", "start")).data)).toBe("VM 101 already running");
  const refused = await power("lxc", 102, "pve", "start");
  expect([refused.status, refused.reason]).toEqual([500, "CT 102 already running"]);
});

test("stopping a stopped VM is a task that ends OK, a stopped container is refused at once", async () => {
  expect(await ended(lab, (await power("qemu", 107, "pve", "stop")).data)).toBe("OK");
  const refused = await power("lxc", 119, "Home", "stop");
  expect([refused.status, refused.reason]).toEqual([500, "CT 119 not running"]);
  expect((await power("qemu", 107, "pve", "reboot")).reason).toBe("VM 107 not running");
});

test("a guest that ignores ACPI lets its shutdown run into the timeout; forceStop ends it", async () => {
  await ended(lab, (await power("qemu", 107, "pve", "start")).data);
  expect(await ended(lab, (await power("qemu", 107, "pve", "shutdown", { timeout: "5" })).data)).toBe("VM quit/powerdown failed - got timeout");
  expect(await ended(lab, (await power("qemu", 107, "pve", "shutdown", { timeout: "5", forceStop: "1" })).data)).toBe("OK");
  expect((await current("qemu", 107, "pve")).status).toBe("stopped");
});

test("a second act on a guest waits ten seconds for the configuration's lock and gives up", async () => {
  await ended(lab, (await power("qemu", 107, "pve", "start")).data);
  const long = (await power("qemu", 107, "pve", "shutdown", { timeout: "40", forceStop: "1" })).data;
  expect(await ended(lab, (await power("qemu", 107, "pve", "stop")).data)).toBe("can't lock file '/var/lock/qemu-server/lock-107.conf' - got timeout");
  expect(await ended(lab, long)).toBe("OK");
});

test("DELETE stops a task, which ends with received interrupt", async () => {
  await ended(lab, (await power("qemu", 107, "pve", "start")).data);
  const upid = String((await power("qemu", 107, "pve", "shutdown", { timeout: "300" })).data);
  const stopped = await lab.call("DELETE", `/nodes/pve/tasks/${encodeURIComponent(upid)}`, { as: "act" });
  expect([stopped.status, stopped.data]).toEqual([200, null]);
  expect(await ended(lab, upid)).toBe("received interrupt");
  await ended(lab, (await power("qemu", 107, "pve", "stop")).data);
});

test("an unknown UPID and one that is none are told apart", async () => {
  const gone = "UPID:pve:0000AAAA:0000BBBB:6A4A8EEF:qmstart:101:root@pam:";
  expect((await lab.call("GET", `/nodes/pve/tasks/${encodeURIComponent(gone)}/status`)).body.errors).toEqual({ upid: "no such task" });
  expect((await lab.call("GET", "/nodes/pve/tasks/UPID:bad/status")).body.errors).toEqual({ upid: "unable to parse worker upid" });
});

test("the archive filters by guest, type and user, counts, and begins with the newest", async () => {
  const { data, body } = await lab.call("GET", "/nodes/pve/tasks?vmid=107&typefilter=qmstop&userfilter=root&limit=1");
  expect(rows(data).map((row) => [row.type, row.id, row.user])).toEqual([["qmstop", "107", "root@pam"]]);
  expect(body.total).toBe(1);
  const all = rows((await lab.call("GET", "/nodes/pve/tasks")).data).map((row) => Number(row.starttime));
  expect(all).toEqual([...all].sort((a, b) => b - a));
});

test("an HA guest's stop is a request; the real work follows as root@pam", async () => {
  const upid = (await power("qemu", 104, "Home", "stop")).data;
  expect(parseUpid(String(upid))?.type).toBe("hastop");
  expect(await ended(lab, upid)).toBe("OK");
  await until(async () => (await current("qemu", 104, "Home")).status === "stopped", { what: "104 stopped" });
  const work = rows((await lab.call("GET", "/nodes/Home/tasks?vmid=104&typefilter=qmstop&source=all")).data)[0];
  expect(work?.user).toBe("root@pam");
  expect(parseUpid(String((await power("qemu", 104, "Home", "start")).data))?.type).toBe("hastart");
  await until(async () => (await current("qemu", 104, "Home")).status === "running", { what: "104 running" });
});

test("a backup holds the lock while it runs and leaves a volume", async () => {
  const before = rows((await lab.call("GET", "/nodes/pve/storage/nas/content?vmid=115", { as: "act" })).data).length;
  const { data } = await lab.call("POST", "/nodes/pve/vzdump", { as: "act", form: { vmid: "115", storage: "nas", mode: "snapshot" } });
  await until(async () => (await current("lxc", 115, "pve")).lock === "backup", { what: "the lock" });
  expect(await ended(lab, (await power("lxc", 115, "pve", "stop")).data)).toBe("CT 115 is locked (backup)");
  expect(await ended(lab, data)).toBe("OK");
  expect((await current("lxc", 115, "pve")).lock).toBeUndefined();
  expect(rows((await lab.call("GET", "/nodes/pve/storage/nas/content?vmid=115", { as: "act" })).data).length).toBe(before + 1);
});

test("every change is in the book once, with its user, target and UPID", async () => {
  const from = rows((await lab.control("GET", "/effects")).body.effects).length;
  const { data } = await power("lxc", 109, "pve", "stop");
  await ended(lab, data);
  const effects = rows((await lab.control("GET", "/effects")).body.effects).slice(from);
  expect(effects.map((one) => [one.user, one.method, one.target, one.upid, one.exit])).toEqual([["jarvis@pve!operate", "POST", "guest/109", data, "OK"]]);
});
