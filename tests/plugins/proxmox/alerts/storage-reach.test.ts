// When a storage out of reach is told, as what, and which of those without figures are none: asked of a fake node.
import { describe, expect, test } from "bun:test";
import { Alert } from "../../../../core/contract/resource.ts";
import { storageAlerts } from "../../../../plugins/proxmox/alerts/storage.ts";
import { storage } from "../../../../plugins/proxmox/monitors/storage.ts";
import { troublesOf } from "../../../../plugins/proxmox/monitors/store-reach.ts";
import { type StorageState, storagesOf } from "../../../../plugins/proxmox/monitors/store-state.ts";
import { Entries } from "../../../../plugins/proxmox/shapes/resources.ts";
import { fakeApi } from "../fake-api.ts";

const node = (name: string, more: object = {}) => ({ type: "node", node: name, status: "online", uptime: 5000, maxdisk: 1, ...more });
const store = (at: string, name: string, status: string, more: object = {}) => ({
  type: "storage",
  storage: name,
  node: at,
  status,
  shared: 1,
  plugintype: "nfs",
  content: "images,backup",
  ...(status === "available" ? { disk: 1, maxdisk: 9 } : {}),
  ...more,
});

type Answer = { status?: number; body?: unknown; fails?: "upstream_timeout" | "upstream_refused" };
const STATUS = /^\/nodes\/(\w+)\/storage\/([\w-]+)\/status$/;

/** What the monitor tells of these entries when a node answers so about a storage, and its pvedaemon so about anything else. */
const house = (answer: (node: string, storage: string) => Answer, daemon: () => Answer = () => ({ body: { data: {} } })) => {
  const api = fakeApi(({ path }) => {
    const [, at, name] = STATUS.exec(path) ?? [];
    if (at !== undefined && name !== undefined) return answer(at, name);
    return path.includes("/services/") ? daemon() : { body: { data: {} } };
  });
  const read = async (rows: readonly object[]): Promise<Record<string, StorageState>> => {
    const entries = Entries.parse(rows);
    const troubles = await troublesOf(api.ctx, entries);
    return Object.fromEntries(
      Object.entries(storagesOf(entries)).map(([id, state]) => {
        const found = troubles.get(id);
        return [id, found === undefined ? state : { ...state, troubles: found }];
      }),
    );
  };
  const told = async (rows: readonly object[]): Promise<Alert[]> => storageAlerts(await read(rows), []).map((alert) => Alert.parse(alert));
  return { ...api, read, told };
};
const inactive = (): Answer => ({ body: { data: { active: 0, enabled: 1, total: 0, used: 0 } } });
const both = (status: string) => [node("a"), node("b"), store("a", "nas", status), store("b", "nas", status)];

describe("a storage that is offline", () => {
  test("everywhere is one alert, the root of all that stands on it", async () => {
    const [alert, ...more] = await house(inactive).told(both("unknown"));
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      key: "storage-offline",
      resource: "storage/shared/nas",
      severity: "critical",
      cause: "storage",
      explains: true,
      title: "nas is offline on every node",
    });
    expect(alert?.evidence?.map(({ source }) => source)).toEqual(["GET /nodes/a/storage/nas/status", "GET /nodes/b/storage/nas/status"]);
  });

  test("on one of two nodes explains nothing of the other node's guests", async () => {
    const [alert] = await house(inactive).told([node("a"), node("b"), store("a", "nas", "unknown"), store("b", "nas", "available")]);
    expect(alert?.title).toBe("nas is offline on a");
    expect(alert?.explains).toBeUndefined();
  });

  test("without guests' disks is a warning", async () => {
    const [alert] = await house(inactive).told([node("a"), store("a", "pbs", "unknown", { content: "backup", plugintype: "pbs" })]);
    expect(alert).toMatchObject({ severity: "warning", resource: "storage/shared/pbs" });
  });

  test("of one node alone is that node's own storage", async () => {
    const [alert] = await house(inactive).told([node("a"), store("a", "tank", "unknown", { shared: 0, plugintype: "zfspool" })]);
    expect(alert).toMatchObject({ resource: "storage/a/tank", explains: true });
  });
});

describe("what looks like it", () => {
  test("switched off on purpose, active again, gone, or not to be seen: nothing", async () => {
    for (const answer of [
      { body: { data: { active: 0, enabled: 0 } } },
      { body: { data: { active: 1, enabled: 1 } } },
      { status: 500 },
      { status: 403 },
      { fails: "upstream_refused" as const },
    ])
      expect(await house(() => answer).told(both("unknown"))).toEqual([]);
  });

  test("restricted to other nodes: it is not listed there, and nobody is asked", async () => {
    const { told, asked } = house(inactive);
    expect(await told([node("a"), node("b"), store("a", "nas", "available")])).toEqual([]);
    expect(asked).toEqual([]);
  });

  test("of a node that is off, grey or just booted: nobody is asked", async () => {
    const { told, asked } = house(inactive);
    for (const more of [{ status: "offline" }, { status: "unknown" }, { uptime: 30 }]) expect(await told([node("a", more), store("a", "nas", "unknown")])).toEqual([]);
    expect(asked).toEqual([]);
  });
});

describe("a mount that hangs", () => {
  const still = both("available");

  test("is told when a node's numbers stand still, it does not answer about the mount and answers everything else", async () => {
    const one = house(() => ({ fails: "upstream_timeout" }));
    expect(await one.told(still)).toEqual([]);
    expect(one.asked).toEqual([]);
    one.forward(40_000);
    expect(await one.told(still)).toEqual([]);
    one.forward(10_000);
    const [alert, ...more] = await one.told(still);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ key: "storage-hung", resource: "storage/shared/nas", severity: "critical", explains: true, title: "nas hangs on every node" });
    expect(alert?.evidence?.[0]?.what).toContain("twice");
    expect(one.asked.filter(({ path }) => path.includes("/services/")).map(({ path }) => path)).toEqual(["/nodes/a/services/pvestatd/state", "/nodes/b/services/pvestatd/state"]);
    one.forward(40_000);
    const moved = still.map((row) => ("uptime" in row ? { ...row, uptime: 5080 } : row));
    expect(await one.told(moved)).toEqual([]);
  });

  test("is none after one silence, nor after two of which the mount answered between", async () => {
    let silent = true;
    const one = house(() => (silent ? { fails: "upstream_timeout" } : { body: { data: { active: 1, enabled: 1 } } }));
    await one.told(still);
    one.forward(40_000);
    for (const next of [true, false, true]) {
      silent = next;
      expect(await one.told(still)).toEqual([]);
      one.forward(30_000);
    }
  });

  test("is none while pvedaemon, which the question about the mount goes through, answers nothing else either", async () => {
    const one = house(
      () => ({ fails: "upstream_timeout" }),
      () => ({ fails: "upstream_timeout" }),
    );
    await one.told(still);
    for (let turn = 0; turn < 6; turn += 1) {
      one.forward(40_000);
      expect(await one.told(still)).toEqual([]);
    }
  });

  test("stays told when all workers of pvedaemon have come to sit in it, and nobody is asked faster for it", async () => {
    let daemon: Answer = { body: { data: {} } };
    const one = house(
      () => ({ fails: "upstream_timeout" }),
      () => daemon,
    );
    await one.told(still);
    for (const ms of [40_000, 10_000]) {
      one.forward(ms);
      await one.told(still);
    }
    daemon = { fails: "upstream_timeout" };
    one.forward(60_000);
    expect((await one.told(still)).map(({ key }) => key)).toEqual(["storage-hung"]);
    const before = one.asked.length;
    one.forward(10_000);
    expect((await one.told(still)).map(({ key }) => key)).toEqual(["storage-hung"]);
    expect(one.asked.length).toBe(before);
  });

  test("is none when the node answers nothing at all, when the mount answers, or where only a daemon died", async () => {
    const silent = fakeApi(() => ({ fails: "upstream_timeout" }));
    await troublesOf(silent.ctx, Entries.parse(still));
    silent.forward(40_000);
    expect((await troublesOf(silent.ctx, Entries.parse(still))).size).toBe(0);
    const answers = house(() => ({ body: { data: { active: 1, enabled: 1 } } }));
    await answers.told(still);
    answers.forward(40_000);
    expect(await answers.told(still)).toEqual([]);
  });

  test("is none when the node is slow with everything: what touches no storage is answered in half the time, or proves nothing", async () => {
    const rows = Entries.parse(still);
    const slow = fakeApi(({ path }) => (STATUS.test(path) ? { fails: "upstream_timeout" } : { body: { data: {} } }));
    const fetch: typeof slow.ctx.fetch = (url, init) => (url.includes("/services/") ? new Promise(() => undefined) : slow.ctx.fetch(url, init));
    const pauses: number[] = [];
    const pause = async (ms: number): Promise<void> => {
      pauses.push(ms);
      // What fails at once has failed by then.
      for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
    };
    const ctx = { ...slow.ctx, fetch, pause };
    await troublesOf(ctx, rows);
    for (let turn = 0; turn < 3; turn += 1) {
      slow.forward(40_000);
      expect((await troublesOf({ ...ctx, now: slow.ctx.now }, rows)).size).toBe(0);
    }
    expect(Math.min(...pauses)).toBeLessThanOrEqual(4000);
  });
});

test("the monitor's state fits its own schema with troubles in it", async () => {
  const { read } = house(inactive);
  const storages = await read(both("unknown"));
  expect(() => storage.state.parse({ storages })).not.toThrow();
});
