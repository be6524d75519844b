// What our rights hide is left out of Proxmox's lists without a word: it stays as unknown with the right it needs, raises and ends nothing, and is as before once the right is back. What could be seen and is not listed is gone.
import { describe, expect, test } from "bun:test";
import { JarvisError } from "../../../core/contract/error.ts";
import { guests } from "../../../plugins/proxmox/monitors/guests.ts";
import { pools } from "../../../plugins/proxmox/monitors/pools.ts";
import { storage } from "../../../plugins/proxmox/monitors/storage.ts";
import { tasks } from "../../../plugins/proxmox/monitors/tasks.ts";
import { guestStart } from "../../../plugins/proxmox/tools/power.ts";
import { fakeApi } from "./fake-api.ts";

type Tree = Record<string, Record<string, number>>;
const ALL: Tree = { "/": { "Sys.Audit": 1 }, "/vms": { "VM.Audit": 1 }, "/storage": { "Datastore.Audit": 1 }, "/pool": { "Pool.Audit": 1 } };
const without = (path: string): Tree => ({ ...ALL, [path]: { "Other.Right": 1 } });

const NODE = { type: "node", node: "pve", status: "online", uptime: 1000 };
const guest = (vmid: number, more: object = {}) => ({ type: "qemu", vmid, node: "pve", name: `vm${vmid}`, status: "running", uptime: 500, cpu: 0.1, maxcpu: 2, ...more });
const STORE = { type: "storage", storage: "nas", node: "pve", shared: 1, status: "available", plugintype: "nfs", content: "images", disk: 95, maxdisk: 100 };
const POOL = { type: "pool", pool: "lab" };
const five = [101, 102, 103, 104, 105].map((vmid) => guest(vmid));
const TASK = { upid: "UPID:pve:0000ABCD:000DEF01:6A4A8EEF:vzdump:101:root@pam:", node: "pve", type: "vzdump", id: "101", user: "root@pam", starttime: 1, endtime: 2, status: "OK" };

const house = (first: object[]) => {
  const state: { list: object[]; tree: Tree; tasks: object[]; fails: boolean } = { list: first, tree: ALL, tasks: [TASK], fails: false };
  const api = fakeApi(({ path }) => {
    if (path === "/cluster/resources") return { body: { data: state.list } };
    if (path === "/cluster/tasks") return { body: { data: state.tasks } };
    if (path === "/version") return { body: { data: { version: "9.1.6", release: "9.1" } } };
    if (path.startsWith("/access/permissions")) return state.fails ? { status: 500, statusText: "broken", body: { data: null } } : { body: { data: state.tree } };
    return { status: 500, statusText: "not here", body: { data: null } };
  });
  const read = async () => {
    api.forward(10_000);
    const now = await guests.read(api.ctx);
    return { now, stores: (await storage.read(api.ctx)).storages };
  };
  return { ...api, state, read };
};

const words = async (work: unknown): Promise<string> => {
  try {
    await work;
    return "none";
  } catch (thrown) {
    return thrown instanceof JarvisError ? `${thrown.type}: ${thrown.message}` : String(thrown);
  }
};

describe("guests that our token may not see any more", () => {
  test("are unknown and say what they need, without figures; nothing is raised and nothing called over", async () => {
    const api = house([NODE, ...five]);
    const before = await api.read();
    Object.assign(api.state, { list: [NODE], tree: without("/vms") });
    const { now } = await api.read();
    expect(Object.values(now.guests).map(({ name, status, hidden }) => [name, status, hidden])).toEqual(
      five.map(({ name }) => [name, "unknown", "unknown: needs VM.Audit on /vms"]),
    );
    const [one] = guests.resources?.(now) ?? [];
    expect([one?.status, one?.labels?.state, one?.figures?.cpuPercent]).toEqual(["unknown", "unknown: needs VM.Audit on /vms", undefined]);
    const open = [{ key: "guest-stopped", resource: "guest/101", severity: "critical" as const, title: "it was" }];
    expect(guests.alerts?.(now, { before: before.now, open: [] })).toEqual([]);
    expect(guests.alerts?.(now, { before: before.now, open })).toEqual(open);
  });

  test("are as before when the right is back, and a guest that went meanwhile is gone", async () => {
    const api = house([NODE, ...five]);
    await api.read();
    Object.assign(api.state, { list: [NODE], tree: without("/vms") });
    await api.read();
    Object.assign(api.state, { list: [NODE, ...five.slice(1)], tree: ALL });
    api.forward(60_000);
    const { now } = await api.read();
    expect(Object.keys(now.guests)).toEqual(["102", "103", "104", "105"]);
    expect(Object.values(now.guests).every(({ status, hidden }) => status === "running" && hidden === undefined)).toBe(true);
  });

  test("are told apart from a guest that was deleted, even where only one right of many lacks", async () => {
    const api = house([NODE, ...five]);
    await api.read();
    Object.assign(api.state, { list: [NODE, ...five.slice(2)], tree: { ...ALL, "/vms/101": { "VM.Console": 1 } } });
    const { now } = await api.read();
    expect([now.guests["101"]?.hidden, now.guests["102"]]).toEqual(["unknown: needs VM.Audit on /vms/101", undefined]);
  });

  test("seen by a pool's right are hidden when that goes, and gone when they are", async () => {
    const pooled = [guest(101, { pool: "lab" }), guest(102, { pool: "lab" }), guest(103, { pool: "lab" })];
    const tree: Tree = { "/": { "Sys.Audit": 1 }, "/vms": {}, "/pool/lab": { "VM.Audit": 1, "Pool.Audit": 1 } };
    const api = house([NODE, POOL, ...pooled]);
    api.state.tree = tree;
    await api.read();
    api.state.list = [NODE, POOL, ...pooled.slice(1)];
    expect(Object.keys((await api.read()).now.guests)).toEqual(["102", "103"]);
    Object.assign(api.state, { list: [NODE], tree: { "/": { "Sys.Audit": 1 } } });
    const { now } = await api.read();
    expect(Object.values(now.guests).map(({ hidden }) => hidden)).toEqual(["unknown: needs VM.Audit on /vms", "unknown: needs VM.Audit on /vms"]);
    expect(Object.keys((await pools.read(api.ctx)).pools)).toEqual(["lab"]);
  });

  test("of an earlier run are unknown after a start without the right, and so are its storages", async () => {
    const past = await house([NODE, ...five, STORE]).read();
    const api = house([NODE]);
    api.state.tree = { "/": {} };
    const at = new Date(api.ctx.now()).toISOString();
    const values: Record<string, unknown> = { "proxmox/guests": past.now, "proxmox/storage": { storages: past.stores } };
    const ctx = { ...api.ctx, state: async (channel: string) => ({ [channel]: { value: values[channel], revision: 1, at, stale: false } }) };
    const now = await guests.read(ctx);
    expect(Object.values((await storage.read(ctx)).storages).map(({ name, hidden }) => `${name} ${hidden}`)).toEqual(["nas unknown: needs Datastore.Audit on /storage"]);
    expect(Object.values(now.guests).map(({ name, hidden }) => `${name} ${hidden}`)).toEqual(five.map(({ name }) => `${name} unknown: needs VM.Audit on /vms`));
  });

  test("cost one question of rights when they go and then one a minute", async () => {
    const api = house([NODE, ...five]);
    await api.read();
    const asked = () => api.asked.filter(({ path }) => path.startsWith("/access/permissions")).length;
    const before = asked();
    Object.assign(api.state, { list: [NODE], tree: without("/vms") });
    for (let reading = 0; reading < 30; reading += 1) await api.read();
    expect(asked() - before).toBeLessThanOrEqual(6);
  });

  test("are judged by the list alone while the rights cannot be read", async () => {
    const api = house([NODE, ...five]);
    await api.read();
    Object.assign(api.state, { list: [NODE], fails: true });
    expect(await words(api.read())).toStartWith("upstream_denied: /cluster/resources lists none of the 5 guests any more");
  });

  test("are not said not to exist by a tool", async () => {
    const api = house([NODE, ...five]);
    await api.read();
    Object.assign(api.state, { list: [NODE], tree: without("/vms") });
    await api.read();
    expect(await words(guestStart.preflight?.(api.ctx, { vmid: 101 }))).toBe(
      "upstream_denied: Guest 101 is not listed to Jarvis any more; how and where it is is unknown: needs VM.Audit on /vms.",
    );
  });
});

describe("storages that our token may not see any more", () => {
  test("are unknown and not away; what was open about them stays open", async () => {
    const api = house([NODE, ...five, STORE]);
    const full = await api.read();
    const open = [...(storage.alerts?.({ storages: full.stores }, { before: undefined, open: [] }) ?? [])];
    expect(open.map(({ key }) => key)).toEqual(["storage-full"]);
    Object.assign(api.state, { list: [NODE, ...five], tree: without("/storage") });
    const { stores } = await api.read();
    expect(stores["storage/shared/nas"]).toMatchObject({ available: false, hidden: "unknown: needs Datastore.Audit on /storage" });
    expect(stores["storage/shared/nas"]?.diskBytes).toBeUndefined();
    expect(storage.alerts?.({ storages: stores }, { before: undefined, open })).toEqual(open);
    expect(storage.alerts?.({ storages: stores }, { before: undefined, open: [] })).toEqual([]);
    expect(storage.resources?.({ storages: stores })[0]).toMatchObject({ status: "unknown", labels: { state: "unknown: needs Datastore.Audit on /storage" } });
    expect(api.asked.some(({ path }) => path.endsWith("/storage/nas/status"))).toBe(false);
  });
});

describe("tasks without Sys.Audit on /", () => {
  test("are unknown and not none", async () => {
    const api = house([NODE, ...five]);
    expect((await tasks.read(api.ctx)).tasks).toHaveLength(1);
    Object.assign(api.state, { tasks: [], tree: { ...ALL, "/": { "VM.Audit": 1 } } });
    expect(await words(tasks.read(api.ctx))).toBe(
      "upstream_denied: unknown: needs Sys.Audit on /, without which Proxmox lists no tasks but one's own. What runs and what ended is not seen. Grant it as root on a node: pveum role modify JarvisRead --append 1 --privs Sys.Audit",
    );
    expect(api.client.memory.tasks).toBeUndefined();
    Object.assign(api.state, { tasks: [TASK], tree: ALL });
    expect((await tasks.read(api.ctx)).tasks).toHaveLength(1);
  });

  test("of a cluster that had none yet are none when the right is there", async () => {
    const api = house([NODE, ...five]);
    api.state.tasks = [];
    expect(await tasks.read(api.ctx)).toEqual({ running: 0, tasks: [] });
  });
});
