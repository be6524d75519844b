// Every fault leaves the evidence a real node would, and nothing that would give it away; healing puts things right.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { until } from "../../support/until.ts";
import { ended, type OpenLab, openLab, record, rows } from "./open-lab.ts";

let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab({ speed: 60 });
});
afterAll(() => lab.close());
afterEach(() => lab.control("DELETE", "/faults", {}));

const breakIt = (name: string, target?: string, args: Record<string, unknown> = {}) => lab.control("POST", "/faults", { name, ...(target ? { target } : {}), ...args });
const heal = (name?: string, target?: string) => lab.control("DELETE", "/faults", { name, target });
const standing = async (): Promise<string[]> => rows((await lab.control("GET", "/state")).body.faults).map((one) => `${one.name} ${one.target}`);
const guest = async (vmid: number) => rows((await lab.control("GET", "/state")).body.guests).find((one) => one.vmid === vmid) ?? {};
const journal = async (node: string, since: number): Promise<string[]> => {
  const { data } = await lab.call("GET", `/nodes/${node}/journal?since=${since}`);
  return Array.isArray(data) ? data.map(String).slice(1, -1) : [];
};
const time = async (): Promise<number> => Number(record((await lab.call("GET", "/nodes/pve/time")).data).time);
/** A second of the world in which nothing has happened yet. */
async function now(): Promise<number> {
  const before = await time();
  return until(async () => ((await time()) > before ? time() : undefined), { what: "the next second" });
}
const down = (vmid: number) => until(async () => (await guest(vmid)).status === "stopped", { what: `${vmid} down` });
const tasksOf = async (node: string, vmid: number, since: number) => rows((await lab.call("GET", `/nodes/${node}/tasks?vmid=${vmid}&source=all&since=${since}`)).data);

test("a crashed VM shows the failure and its scope's clean end, and no task", async () => {
  const since = await now();
  expect((await breakIt("guest-crash")).body).toMatchObject({ name: "guest-crash", target: "guest/101" });
  await down(101);
  const lines = (await journal("pve", since)).join("\n");
  expect(lines).toMatch(/segfault at|general protection fault|aborted, signal 6|KVM internal error/);
  expect(lines).toMatch(/^\w{3} \d\d \d\d:\d\d:\d\d pve systemd\[1\]: 101\.scope: Deactivated successfully\.$/m);
  expect(await tasksOf("pve", 101, since)).toEqual([]);
  await heal("guest-crash");
  expect((await guest(101)).status).toBe("running");
});

test("a crashed container's unit names how its process ended and its result", async () => {
  const since = await now();
  await breakIt("guest-crash", "guest/102");
  const lines = (await journal("pve", since)).join("\n");
  expect(lines).toMatch(/pve-container@102\.service: Main process exited, code=(killed|dumped|exited), status=\S+/);
  expect(lines).toMatch(/pve-container@102\.service: Failed with result '(signal|core-dump|exit-code)'\./);
  expect(lines).not.toContain("Deactivated successfully");
  await heal();
});

test("a crash that somebody mends is no fault any more", async () => {
  await breakIt("guest-crash", "guest/106");
  expect(await standing()).toEqual(["guest-crash guest/106"]);
  await ended(lab, (await lab.call("POST", "/nodes/agent1/qemu/106/status/start", { as: "act" })).data);
  expect(await standing()).toEqual([]);
  expect((await heal("guest-crash", "guest/106")).status).toBe(200);
});

test("the OOM killer's lines name the guest's scope", async () => {
  const since = await now();
  await breakIt("guest-oom", "guest/106");
  const lines = (await journal("agent1", since)).join("\n");
  expect(lines).toMatch(/oom-kill:constraint=\S*task_memcg=\/qemu\.slice\/106\.scope,task=kvm,pid=\d+/);
  expect(lines).toContain("106.scope: Failed with result 'oom-kill'.");
  await heal();
});

test("a shutdown from inside has the guest's trace and a clean end, no failure and no task", async () => {
  const since = await now();
  await breakIt("guest-powered-off-inside", "guest/101");
  await down(101);
  const lines = (await journal("pve", since)).join("\n");
  expect(lines).toMatch(/guest-shutdown|acpi: guest entered S5/);
  expect(lines).toContain("101.scope: Deactivated successfully.");
  expect(lines).not.toMatch(/segfault|fault ip|signal|Failed/);
  expect(await tasksOf("pve", 101, since)).toEqual([]);
  await heal();
});

test("a person's stop is a task with that person's name", async () => {
  const since = await now();
  await breakIt("guest-user-stop", "guest/105", { user: "olli@pve", verb: "stop" });
  await down(105);
  expect((await tasksOf("Home", 105, since)).map((task) => [task.type, task.user])).toEqual([["vzstop", "olli@pve"]]);
  expect((await journal("Home", since)).join("\n")).toMatch(/pvedaemon\[\d+\]: <olli@pve> starting task UPID:Home:/);
  await heal();
  await until(async () => (await guest(105)).status === "running", { what: "105 up" });
});

test("a backup in stop mode takes the guest down under its lock and brings it up again", async () => {
  const since = await now();
  await breakIt("backup-running", "guest/106", { seconds: 60 });
  await down(106);
  expect((await guest(106)).lock).toBe("backup");
  await until(async () => (await guest(106)).status === "running" && (await guest(106)).lock === undefined, { what: "106 up" });
  expect((await tasksOf("agent1", 106, since)).map((task) => [task.type, task.user, task.status])).toEqual([["vzdump", "root@pam", "OK"]]);
  expect(await standing()).toEqual([]);
});

test("start-then-die: the start's task is OK and the guest is gone again", async () => {
  await breakIt("start-then-die", "guest/102");
  for (let round = 0; round < 2; round++) {
    expect(await ended(lab, (await lab.call("POST", "/nodes/pve/lxc/102/status/start", { as: "act" })).data)).toBe("OK");
    await down(102);
  }
  await heal();
  expect((await guest(102)).status).toBe("running");
});

test("task-fails: the call is accepted and its task ends with an error", async () => {
  await breakIt("task-fails", "guest/101", { text: "start failed: QEMU exited with code 1" });
  expect(await ended(lab, (await lab.call("POST", "/nodes/pve/qemu/101/status/stop", { as: "act" })).data)).toBe("start failed: QEMU exited with code 1");
  expect((await guest(101)).status).toBe("running");
  await heal();
});

test("a revoked token is refused with 401 and good again when healed", async () => {
  await breakIt("token-revoked", "token/read");
  expect((await lab.call("GET", "/version")).status).toBe(401);
  expect((await lab.call("GET", "/version", { as: "act" })).status).toBe(200);
  await heal();
  expect((await lab.call("GET", "/version")).status).toBe(200);
});

test("a hung node answers nothing; through another node the hop fails with 596", async () => {
  await breakIt("api-hang", "node/agent1");
  const url = lab.about.pve.nodes[2]?.url;
  await expect(fetch(`${url}/api2/json/access/domains`, { tls: { rejectUnauthorized: false }, signal: AbortSignal.timeout(300) })).rejects.toThrow();
  const hop = await lab.call("GET", "/nodes/agent1/status");
  expect([hop.status, hop.reason, hop.text]).toEqual([596, "Connection timed out", ""]);
  await heal();
  expect((await lab.call("GET", "/nodes/agent1/status")).status).toBe(200);
});

test("garbage comes in every form asked for, and from every node when none is named", async () => {
  const bodies: Record<string, (text: string) => boolean> = {
    html: (text) => text.startsWith("<!DOCTYPE"),
    nulls: (text) => text.includes(":null"),
    empty: (text) => text === "",
    truncated: (text) => text.length > 0 && !text.endsWith("}"),
  };
  for (const [form, fits] of Object.entries(bodies)) {
    await breakIt("api-garbage", undefined, { form });
    for (const node of ["Home", "agent"]) expect(fits((await lab.call("GET", "/cluster/resources", { node })).text), form).toBe(true);
  }
  await heal();
});

test("an HA guest that crashes is brought back by HA, as root@pam, with nobody asked", async () => {
  const since = await now();
  await breakIt("guest-crash", "guest/104");
  await until(async () => (await guest(104)).status === "running" && (await tasksOf("Home", 104, since)).some((task) => task.status === "OK"), { what: "104 up by HA" });
  expect((await tasksOf("Home", 104, since)).map((task) => [task.type, task.user])).toEqual([["qmstart", "root@pam"]]);
});

test("an unknown fault or target is named with the nearest known", async () => {
  expect((await breakIt("gest-crash")).body).toMatchObject({ unknown: "name", nearest: "guest-crash" });
  expect((await breakIt("guest-crash", "guest/1o1")).body).toMatchObject({ unknown: "target", nearest: "guest/101" });
  expect((await breakIt("guest-crash", "zzzzzzzzzzzzzz")).body).toMatchObject({ unknown: "target", error: expect.stringContaining("; there are: guest/") });
  expect((await breakIt("guest-crash", "guest/900")).status).toBe(404);
});

test("a guest that cannot have a fault is told why: absent, a template, stopped, of the other kind, locked; and so is a node that is off", async () => {
  const said = async (name: string, target: string): Promise<unknown> => {
    const { status, body } = await breakIt(name, target);
    expect([status, body.unknown]).toEqual([404, "target"]);
    return String(body.error).split("; nearest")[0]?.split("; there are")[0];
  };
  expect(await said("guest-crash", "guest/4711")).toBe("'guest/4711' cannot have guest-crash now: there is no guest/4711");
  expect(await said("guest-crash", "guest/900")).toBe(
    "'guest/900' cannot have guest-crash now: guest/900 (debian-12-template) is a template, which never runs; clone it, and break the clone",
  );
  expect(await said("guest-crash", "guest/107")).toBe("'guest/107' cannot have guest-crash now: guest/107 (win-lab) is stopped; start it first");
  expect(await said("guest-hung", "guest/102")).toBe("'guest/102' cannot have guest-hung now: guest/102 (postgres) is a container, and this happens to VMs alone");
  expect(await said("ct-oom", "guest/101")).toBe("'guest/101' cannot have ct-oom now: guest/101 (nextcloud) is a VM, and this happens to containers alone");
  await breakIt("guest-lock-stale", "guest/106", { lock: "snapshot" });
  expect(await said("guest-crash", "guest/106")).toBe("'guest/106' cannot have guest-crash now: guest/106 (immich) is locked (snapshot); heal what holds it, or wait for its end");
  await breakIt("node-down", "node/agent");
  expect(await said("node-down", "node/agent2")).toBe("'node/agent2' cannot have node-down now: there is no node/agent2");
  expect(await said("pveproxy-dead", "node/agent")).toBe("'node/agent' cannot have pveproxy-dead now: node/agent is off; heal it first");
});

test("two faults at once keep to their own guests", async () => {
  const since = await now();
  await Promise.all([breakIt("guest-crash", "guest/101"), breakIt("guest-user-stop", "guest/102", { user: "root@pam", verb: "stop" })]);
  await down(102);
  expect((await tasksOf("pve", 101, since)).length + (await tasksOf("pve", 102, since)).length).toBe(1);
  expect((await standing()).sort()).toEqual(["guest-crash guest/101", "guest-user-stop guest/102"]);
  await heal();
});
