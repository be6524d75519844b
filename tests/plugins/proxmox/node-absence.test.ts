// Whether a node that is away was ordered to go: seen in the tasks, or asked of those that stay; and an order that was followed before explains nothing more.
import { expect, test } from "bun:test";
import { absenceOf } from "../../../plugins/proxmox/monitors/node-absence.ts";
import { Entry } from "../../../plugins/proxmox/shapes/resources.ts";
import { Tasks } from "../../../plugins/proxmox/shapes/task.ts";
import { fakeApi } from "./fake-api.ts";

const [MINUTE_MS, TICK_MS] = [60_000, 10_000];
const HOUSE = { nodes: 4, online: 3, quorate: true };
const upid = (atMs: number, node = "pve", type = "stopall") =>
  `UPID:${node}:00001000:00002000:${Math.floor(atMs / 1000)
    .toString(16)
    .toUpperCase()
    .padStart(8, "0")}:${type}::root@pam:`;

/** `listed`, `logged`: the UPIDs that the cluster's list and its log name; undefined: not to be had. */
const houseOf = ({ listed, logged }: { listed?: () => string[] | undefined; logged?: () => string[] | undefined }) => {
  const api = fakeApi(({ path }) => {
    const none = { status: 403, statusText: "Permission check failed", body: { data: null } };
    if (path === "/cluster/tasks") {
      const upids = listed?.();
      return upids === undefined ? none : { body: { data: upids.map((one) => ({ upid: one })) } };
    }
    if (!path.startsWith("/cluster/log")) return { body: { data: [] } };
    const upids = logged?.();
    return upids === undefined ? none : { body: { data: upids.map((one, index) => ({ uid: index, node: "pve", msg: `starting task ${one}` })) } };
  });
  const see = (online: boolean, quorate = true) => absenceOf(api.ctx, { name: "pve", online, address: undefined }, { ...HOUSE, quorate });
  const askedFor = (path: string) => api.asked.filter((one) => one.path.startsWith(path)).length;
  return { api, see, askedFor };
};

test("an order that no list of tasks showed in time is found in the cluster's log, in the first reading without the node", async () => {
  const { api, see } = houseOf({ listed: () => [], logged: () => [upid(api.ctx.now() - 20_000)] });
  await see(true);
  api.forward(TICK_MS);
  expect((await see(false)).leaving).toMatchObject({ by: "root@pam" });
});

test("it is found in the list of tasks where the log may not be read", async () => {
  const { api, see } = houseOf({ listed: () => [upid(api.ctx.now() - 20_000, "pve", "reboot")] });
  await see(true);
  expect((await see(false)).leaving?.by).toBe("root@pam");
});

test("a node that nobody ordered to go went by itself, and is asked for three times only; another's order, an old one or another task is none", async () => {
  const { api, see, askedFor } = houseOf({
    listed: () => [],
    logged: () => [upid(api.ctx.now(), "agent"), upid(api.ctx.now() - 30 * MINUTE_MS), upid(api.ctx.now(), "pve", "startall")],
  });
  await see(true);
  for (let reading = 0; reading < 6; reading += 1) {
    expect((await see(false)).leaving).toBeUndefined();
    api.forward(TICK_MS);
  }
  expect([askedFor("/cluster/log"), askedFor("/cluster/tasks")]).toEqual([3, 3]);
});

test("of a node that was away from the start nothing is asked", async () => {
  const { see, askedFor } = houseOf({ logged: () => [] });
  await see(false);
  expect(askedFor("/cluster/")).toBe(0);
});

test("an order that it has followed, and come back from, does not excuse the next loss", async () => {
  const ordered = upid(Date.UTC(2026, 5, 1, 12));
  const { api, see } = houseOf({ listed: () => [ordered], logged: () => [ordered] });
  await see(true);
  api.forward(TICK_MS);
  expect((await see(false)).leaving).toBeDefined();
  api.forward(2 * MINUTE_MS);
  await see(true);
  api.forward(2 * MINUTE_MS);
  expect((await see(false)).leaving).toBeUndefined();
});

/** One stopall begins ten minutes before the node is gone; `endedAgoMs`: when it ended, before that. */
const afterStopall = async (user: string, endedAgoMs: number | undefined) => {
  const { api, see } = houseOf({ listed: () => [], logged: () => [] });
  const now = api.ctx.now();
  const row = { upid: upid(now - 10 * MINUTE_MS).replace("root@pam", user), ...(endedAgoMs === undefined ? {} : { endtime: (now - endedAgoMs) / 1000, status: "OK" }) };
  api.client.memory.tasks = new Map(Tasks.parse([row]).map((task) => [task.upid, task]));
  await see(true);
  return (await see(false)).leaving?.by;
};

test("guests that somebody stopped in bulk are no order to the node: only a stopall of the machine itself, or one right after whose end it went", async () => {
  expect(await afterStopall("olli@pve", undefined), "a person's, still running").toBeUndefined();
  expect(await afterStopall("olli@pve", 8 * MINUTE_MS), "a person's, long over").toBeUndefined();
  expect(await afterStopall("olli@pve", MINUTE_MS), "a person's, and then the node went").toBe("olli@pve");
  expect(await afterStopall("root@pam", undefined), "the machine's, still running").toBe("root@pam");
  expect(await afterStopall("root@pam", 4 * MINUTE_MS), "the machine's, and its daemons took their time").toBe("root@pam");
  expect(await afterStopall("root@pam", 8 * MINUTE_MS), "root's own bulk shutdown in the web interface").toBeUndefined();
});

test("that the cluster's log names the same order without its end does not take its end away", async () => {
  const at = Date.UTC(2026, 5, 1, 12) - 10 * MINUTE_MS;
  const { api, see } = houseOf({ listed: () => [], logged: () => [upid(at)] });
  const row = { upid: upid(at), endtime: at / 1000 + 60, status: "OK" };
  api.client.memory.tasks = new Map(Tasks.parse([row]).map((task) => [task.upid, task]));
  await see(true);
  expect((await see(false)).leaving).toBeUndefined();
});

/** Away with everybody for so long, and then alone. */
const resetAfter = async (lostMs: number, hastate: string | undefined) => {
  const { api, see } = houseOf({ listed: () => [], logged: () => [] });
  const guest = Entry.parse({ type: "qemu", vmid: 104, node: "pve", status: "running", hastate });
  api.client.memory.answered({ at: api.ctx.now(), entries: [guest] });
  await see(true);
  for (let passed = 0; passed <= lostMs; passed += TICK_MS) {
    api.forward(TICK_MS);
    await see(false, false);
  }
  api.forward(TICK_MS);
  return { api, see };
};

test("a node with HA services that is missing when quorum comes back was reset by its watchdog, and has five minutes to boot", async () => {
  const { api, see } = await resetAfter(70_000, "started");
  expect(await see(false)).toMatchObject({ reset: { at: new Date(api.ctx.now()).toISOString() }, overdue: false });
  api.forward(4 * MINUTE_MS);
  expect(await see(false)).toMatchObject({ overdue: false });
  api.forward(2 * MINUTE_MS);
  expect(await see(false)).toMatchObject({ overdue: true });
});

test("no watchdog resets a node without HA services, within the minute, or one that is lost later", async () => {
  expect((await (await resetAfter(70_000, undefined)).see(false)).reset).toBeUndefined();
  expect((await (await resetAfter(70_000, "ignored")).see(false)).reset).toBeUndefined();
  expect((await (await resetAfter(20_000, "started")).see(false)).reset).toBeUndefined();
  const { api, see } = await resetAfter(70_000, "started");
  await see(true);
  api.forward(2 * MINUTE_MS);
  expect((await see(false)).reset).toBeUndefined();
});

test("that its watchdog reset it stays known for the absence, also when HA has moved its services elsewhere", async () => {
  const { api, see } = await resetAfter(70_000, "started");
  expect((await see(false)).reset).toBeDefined();
  api.client.memory.answered({ at: api.ctx.now(), entries: [Entry.parse({ type: "qemu", vmid: 104, node: "home", status: "running", hastate: "started" })] });
  api.forward(TICK_MS);
  expect((await see(false)).reset).toBeDefined();
});

test("a line of the log that only cites an order is none", async () => {
  const api = fakeApi(({ path }) =>
    path.startsWith("/cluster/log") ? { body: { data: [{ uid: 1, node: "pve", msg: `note: starting task ${upid(api.ctx.now())} was seen` }] } } : { body: { data: [] } },
  );
  const see = (online: boolean) => absenceOf(api.ctx, { name: "pve", online, address: undefined }, { ...HOUSE, quorate: true });
  await see(true);
  api.forward(TICK_MS);
  expect((await see(false)).leaving).toBeUndefined();
});
