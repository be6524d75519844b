// A backup that failed is told as soon as the tasks say so, and not with the next reading of backups ten minutes later; what only looks like it stays quiet, and nothing is asked beyond that run's own log.
import { afterEach, describe, expect, test } from "bun:test";
import type { Backups } from "../../../plugins/proxmox/monitors/backup-state.ts";
import { backups } from "../../../plugins/proxmox/monitors/backups.ts";
import { tasks } from "../../../plugins/proxmox/monitors/tasks.ts";
import { Entries } from "../../../plugins/proxmox/shapes/resources.ts";
import { until } from "../../support/until.ts";
import { fakeApi } from "./fake-api.ts";

const START = Date.UTC(2026, 5, 1, 12);
const TICK_MS = 10_000;
const GUESTS = [101, 102, 103, 104];
const entries = (lock?: string) =>
  Entries.parse([
    { type: "node", node: "pve", status: "online" },
    ...GUESTS.map((vmid) => ({ type: "qemu", vmid, node: "pve", status: "running", name: `vm${vmid}`, lock: vmid === 101 ? lock : undefined })),
  ]);

/** `at`: seconds after the start. */
const run = (vmid: number, at: number, status?: string) => {
  const seconds = START / 1000 + at;
  return { upid: `UPID:pve:0000ABCD:000DEF01:${seconds.toString(16).toUpperCase()}:vzdump:${vmid}:root@pam:`, ...(status === undefined ? {} : { endtime: seconds + 3, status }) };
};

let stop = (): void => undefined;
afterEach(() => stop());

const house = async () => {
  let list: object[] = [];
  const told: Backups[] = [];
  const api = fakeApi(({ path }) => {
    const bare = decodeURIComponent(path.split("?")[0] ?? "");
    if (bare === "/access/permissions") return { body: { data: { "/": { "Sys.Audit": 1 }, "/vms": { "VM.Backup": 1 }, "/storage": { "Datastore.AllocateSpace": 1 } } } };
    if (bare === "/cluster/backup") return { body: { data: [{ id: "nightly", type: "vzdump", enabled: 1, schedule: "21:00", storage: "nas", all: 1 }] } };
    if (bare === "/cluster/tasks") return { body: { data: list } };
    const vmid = /vzdump:(\d+):.*\/log$/.exec(bare)?.[1];
    if (vmid !== undefined) return { body: { data: [{ n: 1, t: `ERROR: Backup of VM ${vmid} failed - connection timed out` }] } };
    return { body: { data: [] } };
  });
  stop = api.abort;
  api.client.memory.answered({ at: api.ctx.now(), entries: entries() });
  await tasks.read(api.ctx);
  await backups.read(api.ctx);
  const watching = backups.watch?.(api.ctx, (value) => void told.push(backups.state.parse(value)));
  const ended = watching?.catch(() => undefined);
  const alertsOf = (now: Backups | undefined): string[] =>
    now === undefined
      ? []
      : (backups.alerts?.(now, { before: undefined, open: [] }) ?? []).filter(({ key }) => key.startsWith("backup-failed")).map(({ key, resource }) => `${key} ${resource}`);
  const logs = (): number => api.asked.filter(({ path }) => path.includes("/log")).length;
  return {
    ...api,
    told,
    logs,
    ended,
    alerts: () => alertsOf(told.at(-1)),
    /** One reading of the tasks, a tick later. */
    async tick(...now: object[]): Promise<void> {
      list = now;
      api.forward(TICK_MS);
      api.client.memory.answered({ at: api.ctx.now(), entries: entries() });
      await tasks.read(api.ctx);
      // What the watch asks is answered at once: after a few turns of the loop it has said what it has to say.
      for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done));
    },
  };
};

describe("a backup run", () => {
  test("that failed is told with the reading of the tasks that saw it, and its log is asked for once", async () => {
    const { tick, told, alerts, logs, asked } = await house();
    await tick(run(101, 1));
    expect(told).toEqual([]);
    const before = asked.length;
    await tick(run(101, 1, "job errors"));
    await until(() => told.length > 0, { withinMs: 2000, what: "it to be told" });
    expect(alerts()).toEqual(["backup-failed guest/101"]);
    expect(told[0]?.guests["101"]?.failure).toMatchObject({ kind: "network", words: "connection timed out" });
    await tick(run(101, 1, "job errors"));
    await tick(run(101, 1, "job errors"));
    expect([
      told.length,
      logs(),
      asked
        .slice(before)
        .map(({ path }) => path.split("?")[0]?.replace(/UPID.*\//, "UPID/"))
        .sort(),
    ]).toEqual([1, 1, ["/cluster/tasks", "/cluster/tasks", "/cluster/tasks", "/nodes/pve/tasks/UPID/log"]]);
  });

  test("that somebody cancelled, that went well, or that failed and is tried again just now, is not", async () => {
    const { tick, told, alerts, logs } = await house();
    await tick(run(101, 1, "interrupted by signal"), run(102, 1, "OK"));
    expect([told.length, logs()]).toEqual([0, 0]);
    await tick(run(103, 1, "job errors"), run(103, 8));
    expect([alerts(), logs()]).toEqual([[], 1]);
    await tick(run(103, 1, "job errors"), run(103, 8, "OK"));
    expect([alerts(), told.at(-1)?.guests["103"]?.failure]).toEqual([[], undefined]);
  });

  test("that failed and was repeated well within the same tick is not told", async () => {
    const { tick, alerts } = await house();
    await tick(run(104, 1, "job errors"), run(104, 5, "OK"));
    expect(alerts()).toEqual([]);
  });

  test("that failed as one of many costs two logs a minute out of turn, and the others come with the next reading", async () => {
    const { tick, told, logs, ctx } = await house();
    const all = GUESTS.map((vmid) => run(vmid, vmid, "job errors"));
    for (let ticks = 0; ticks < 5; ticks += 1) await tick(...all);
    expect([logs(), Object.values(told.at(-1)?.guests ?? {}).filter(({ failure }) => failure !== undefined).length]).toEqual([2, 2]);
    const whole = backups.state.parse(await backups.read(ctx));
    expect(Object.values(whole.guests).filter(({ failure }) => failure !== undefined)).toHaveLength(4);
  });

  test("whose log cannot be read is not asked about again before the next reading; and who watches ends with the plugin", async () => {
    const { tick, told, ctx, ended } = await house();
    const { fetch } = ctx;
    let asked = 0;
    Object.assign(ctx, {
      fetch: (url: string, init: object) => {
        if (!url.includes("/log")) return fetch(url, init);
        asked += 1;
        return Promise.resolve({ status: 500, statusText: "unable to open file", headers: {}, body: "{}" });
      },
    });
    for (let ticks = 0; ticks < 3; ticks += 1) await tick(run(101, 1, "job errors"));
    expect([asked, told.some(({ guests }) => guests["101"]?.failure !== undefined)]).toEqual([1, false]);
    stop();
    await ended;
  });
});
