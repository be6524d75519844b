// What is at work on a node in HA maintenance, when that has only just begun.
import { expect, test } from "bun:test";
import { maintenanceAlerts } from "../../../plugins/proxmox/alerts/ha-maintenance.ts";
import { ha } from "../../../plugins/proxmox/monitors/ha.ts";
import { Tasks } from "../../../plugins/proxmox/shapes/task.ts";
import { fakeApi } from "./fake-api.ts";

const HOUR_MS = 3_600_000;
const upid = (atMs: number) =>
  `UPID:pve:00001000:00002000:${Math.floor(atMs / 1000)
    .toString(16)
    .toUpperCase()
    .padStart(8, "0")}:vncshell:upgrade:root@pam:`;

/** What is told of a node newly in maintenance whose last work seen was nine hours ago, when the cluster lists these tasks now. */
const told = async (more: (nowMs: number) => object[]) => {
  const api = fakeApi(({ path }) => {
    if (path === "/cluster/tasks") return { body: { data: [past, ...more(api.ctx.now())] } };
    return { body: { data: [{ type: "lrm", id: "lrm:pve", node: "pve", status: "pve (maintenance mode, x)" }] } };
  });
  const began = api.ctx.now() - 9 * HOUR_MS;
  const past = { upid: upid(began), endtime: began / 1000 + 60, status: "OK" };
  api.client.memory.tasks = new Map(Tasks.parse([past]).map((task) => [task.upid, task]));
  const now = await ha.read(api.ctx);
  return {
    keys: maintenanceAlerts(now.maintained, []).map(({ key }) => key),
    asked: api.asked.filter(({ path }) => path === "/cluster/tasks").length,
    again: () => ha.read(api.ctx),
    api,
  };
};

test("work that began with the maintenance is seen, though no list of tasks was read since", async () => {
  const { keys, asked, again, api } = await told((nowMs) => [{ upid: upid(nowMs - 5000) }]);
  expect([keys, asked]).toEqual([[], 1]);
  await again();
  expect(api.asked.filter(({ path }) => path === "/cluster/tasks")).toHaveLength(1);
});

test("maintenance without work since long ago was left behind", async () => {
  expect((await told(() => [])).keys).toEqual(["node-maintenance-left"]);
});
