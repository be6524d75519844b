// The monitors over good, odd and senseless answers: exact out, and what is missing is never gone.
import { describe, expect, test } from "bun:test";
import { JarvisError } from "../../../core/contract/error.ts";
import { Resource } from "../../../core/contract/resource.ts";
import { guestAlerts } from "../../../plugins/proxmox/alerts/guest.ts";
import { cluster } from "../../../plugins/proxmox/monitors/cluster.ts";
import { guests } from "../../../plugins/proxmox/monitors/guests.ts";
import { storage } from "../../../plugins/proxmox/monitors/storage.ts";
import { tasks } from "../../../plugins/proxmox/monitors/tasks.ts";
import { fakeApi } from "./fake-api.ts";

const node = (name: string, more: object = {}) => ({
  type: "node",
  id: `node/${name}`,
  node: name,
  status: "online",
  cpu: 0.25,
  maxcpu: 8,
  mem: 4e9,
  maxmem: 8e9,
  uptime: 1000,
  ...more,
});
const guest = (vmid: number, more: object = {}) => ({
  type: "qemu",
  id: `qemu/${vmid}`,
  vmid,
  node: "Home",
  name: `vm${vmid}`,
  status: "running",
  cpu: 0.5,
  maxcpu: 2,
  uptime: 500,
  template: 0,
  ...more,
});
const five = [101, 102, 103, 104, 105].map((vmid) => guest(vmid));

/** An API whose /cluster/resources answers the given lists one after the other; the last stays. */
const house = (...lists: unknown[]) => {
  let index = 0;
  return fakeApi((one) => {
    if (one.path === "/cluster/resources")
      return typeof lists[index] === "string" ? { raw: String(lists[index++]) } : { body: { data: lists[Math.min(index++, lists.length - 1)] } };
    // All of it may be seen.
    if (one.path === "/access/permissions") return { body: { data: { "/": { "Sys.Audit": 1 }, "/vms": { "VM.Audit": 1 }, "/storage": { "Datastore.Audit": 1 } } } };
    if (one.path === "/cluster/status")
      return {
        body: {
          data: [
            { type: "cluster", name: "c", quorate: "1", nodes: 2 },
            { type: "node", name: "Home", online: 1, ip: "10.0.0.1" },
            { type: "node", name: "pve", online: "0", ip: null },
          ],
        },
      };
    return { body: { data: {} } };
  });
};
const failure = async (work: unknown): Promise<string> => {
  try {
    await work;
    return "none";
  } catch (thrown) {
    return thrown instanceof JarvisError ? thrown.type : String(thrown);
  }
};
const reading = async (api: ReturnType<typeof fakeApi>) => {
  api.forward(10_000);
  return guests.read(api.ctx);
};

describe("guests", () => {
  test("nulls, strings for numbers and missing keys are read for what they mean", async () => {
    const api = house([
      node("Home"),
      { type: "lxc", vmid: "201", node: "Home", name: null, status: "stopped", cpu: "0.5", maxmem: "1024", template: "0", tags: "a;b", lock: null },
    ]);
    const now = await reading(api);
    expect(now.guests["201"]).toEqual({
      vmid: 201,
      name: "guest 201",
      node: "Home",
      guestKind: "ct",
      status: "stopped",
      template: false,
      memoryTotalBytes: 1024,
      tags: ["a", "b"],
      stoppedAt: new Date(api.ctx.now()).toISOString(),
      onboot: false,
      work: "unknown",
    });
    expect(guests.state.parse(now)).toEqual(now);
  });

  test("resources keep the owner's spelling, and percent of the guest's own cpus", async () => {
    const api = house([node("Home"), guest(101, { name: "Next Cloud", node: "Home", hastate: "started" })]);
    const [one] = guests.resources?.(await reading(api)) ?? [];
    expect(Resource.parse(one)).toMatchObject({
      id: "guest/101",
      name: "Next Cloud",
      parent: "node/home",
      status: "up",
      figures: { cpuPercent: 50, uptimeSeconds: 500 },
      labels: { state: "running", hastate: "started" },
    });
  });

  const senseless: [string, unknown, string][] = [
    ["an empty list", [], "upstream_garbage"],
    ["a list without nodes", five, "upstream_garbage"],
    ["nodes without any guest", [node("Home"), node("pve")], "upstream_denied"],
    ["half of a list", [node("Home"), five[0], five[1]], "upstream_garbage"],
    ["a list that is cut among its nodes", [...five, guest(106, { node: "pve" }), node("Home")], "upstream_garbage"],
    ["a page", "<html></html>", "upstream_garbage"],
    ["a torn body", '{"data":[{"type":"node"', "upstream_garbage"],
    ["null", null, "upstream_garbage"],
    ["rows that are none", [1, 2, null, "x", node("Home")], "upstream_garbage"],
  ];
  for (const [what, list, type] of senseless)
    test(`${what} is ${type}, not "all guests gone"`, async () => {
      const api = house([node("Home"), node("pve"), ...five, guest(106, { node: "pve" })], list);
      await reading(api);
      expect(await failure(reading(api))).toBe(type as ReturnType<typeof failure> extends Promise<infer T> ? T : never);
    });

  test("that no guest is listed is never believed; a shorter list is when it stays", async () => {
    const api = house([node("Home"), ...five], [node("Home"), five[0]]);
    await reading(api);
    expect([await failure(reading(api)), await failure(reading(api)), await failure(reading(api))]).toEqual(["upstream_garbage", "upstream_garbage", "none"]);
    const gone = house([node("Home"), ...five], [node("Home")]);
    await reading(gone);
    for (let again = 0; again < 10; again += 1) expect(await failure(reading(gone))).toBe("upstream_denied");
  });

  test("an earlier run's guests are remembered, so that the first answer is judged too", async () => {
    const api = house([node("Home")]);
    const value = await reading(house([node("Home"), ...five]));
    const ctx = { ...api.ctx, state: async () => ({ "proxmox/guests": { value, revision: 1, at: new Date(api.ctx.now()).toISOString(), stale: false } }) };
    expect(await failure(guests.read(ctx))).toBe("upstream_denied");
  });

  test("a start is told once and stays, though every uptime is up to a round old", async () => {
    const api = fakeApi((one, count) =>
      one.path === "/cluster/resources" ? { body: { data: [node("Home"), guest(101, { uptime: 500 + count * 5 + (count % 3) })] } } : { body: { data: {} } },
    );
    const starts = new Set<string | undefined>();
    for (let tick = 0; tick < 12; tick += 1) {
      api.forward(5000);
      starts.add((await guests.read(api.ctx)).guests["101"]?.startedAt);
    }
    expect(starts.size).toBeLessThanOrEqual(2);
  });

  test("configurations are learned slowly: running VMs first, at most five a minute, the rest never more than thirty calls", async () => {
    const stopped = guest(100, { status: "stopped" });
    const api = house([node("Home"), stopped, ...Array.from({ length: 20 }, (_, index) => guest(101 + index))]);
    for (let tick = 0; tick < 6; tick += 1) {
      await reading(api);
      await cluster.read(api.ctx);
      await storage.read(api.ctx);
      await failure(tasks.read(api.ctx));
    }
    const configs = api.asked.filter((one) => one.path.endsWith("/config")).map((one) => one.path);
    expect(configs.slice(0, 2)).toEqual(["/nodes/Home/qemu/101/config", "/nodes/Home/qemu/102/config"]);
    expect(configs.length).toBeLessThanOrEqual(5);
    expect(api.asked.length).toBeLessThanOrEqual(30);
    expect(api.asked.filter((one) => one.path === "/cluster/resources")).toHaveLength(6);
  });
});

describe("the suspicion that a guest stopped", () => {
  const picture = async (...states: object[]) =>
    reading(house([node("Home"), node("pve", states.some((one) => "off" in one) ? { status: "offline" } : {}), ...states.map((more, index) => guest(101 + index, more))]));

  test("one that ran and is stopped; never a template, an absent or an unknown one", async () => {
    const before = await picture({}, {}, { template: 1 }, { node: "pve" }, {});
    const now = await picture({ status: "stopped" }, {}, { status: "stopped", template: 1 }, { status: "stopped", node: "pve", off: true });
    expect(guestAlerts(now, { before, open: [] }).map((alert) => alert.resource)).toEqual(["guest/101"]);
  });

  test("no guest is suspected that its node, up for less than a second, has yet to start", async () => {
    const now = await reading(house([node("Home", { uptime: 0 }), guest(101, { status: "stopped", hastate: "started" })]));
    expect(now.guests["101"]?.missedBoot?.waits).toBe("ha");
    expect(guestAlerts(now, { before: await picture({}), open: [] })).toEqual([]);
  });

  test("is kept while the guest stays stopped or unknown, and ends when it runs", async () => {
    const stopped = await picture({ status: "stopped" });
    const [alert] = guestAlerts(stopped, { before: await picture({}), open: [] });
    const open = alert ? [alert] : [];
    expect(guestAlerts(stopped, { before: stopped, open })).toEqual(open);
    expect(guestAlerts(await picture({ status: "unknown" }), { before: stopped, open })).toEqual(open);
    expect(guestAlerts(await picture({}), { before: stopped, open })).toEqual([]);
    expect(guestAlerts(stopped, { before: stopped, open: [] })).toEqual([]);
  });
});

describe("cluster and storage", () => {
  test("quorum, nodes and their figures; a node that is off has none", async () => {
    const api = house([node("Home"), node("pve"), guest(101)]);
    const [, now] = await Promise.all([guests.read(api.ctx), cluster.read(api.ctx)]);
    expect(now.quorum).toEqual({ votes: 1, of: 2, needed: 2, margin: 0, quorate: true });
    const [home, pve] = (cluster.resources?.(now) ?? []).map((resource) => Resource.parse(resource));
    expect(home).toMatchObject({ id: "node/home", name: "Home", status: "up", figures: { cpuPercent: 25 }, labels: { addresses: "10.0.0.1", quorate: "yes" } });
    expect(pve).toMatchObject({ id: "node/pve", status: "down" });
    expect(pve?.figures?.cpuPercent).toBeUndefined();
  });

  test.each([
    [
      "half of its nodes",
      [
        { type: "cluster", quorate: 1, nodes: 2 },
        { type: "node", name: "Home", online: 1 },
      ],
    ],
    [
      "two nodes and no cluster",
      [
        { type: "node", name: "Home", online: 1 },
        { type: "node", name: "pve", online: 1 },
      ],
    ],
  ])("a status with %s is garbage, not a smaller cluster", async (_, data) => {
    const api = fakeApi((one) => ({ body: { data: one.path === "/cluster/status" ? data : [node("Home")] } }));
    await guests.read(api.ctx);
    expect(await failure(cluster.read(api.ctx))).toBe("upstream_garbage");
  });

  test("a status without nodes is garbage, not an empty cluster", async () => {
    const api = fakeApi(() => ({ body: { data: [{ type: "cluster", quorate: 1 }] } }));
    api.abort();
    expect(await failure(cluster.read({ ...api.ctx, signal: new AbortController().signal, pause: async () => undefined }))).toBe("upstream_garbage");
  });

  test("a shared storage is one, and an inactive one has no sizes", async () => {
    const nas = (on: string, status: string) => ({ type: "storage", storage: "nas", node: on, shared: 1, status, plugintype: "nfs", disk: 10, maxdisk: 100 });
    const api = house([
      node("Home"),
      guest(101),
      nas("pve", "unknown"),
      nas("Home", "available"),
      { type: "storage", storage: "Local LVM", node: "Home", status: "unknown", disk: 1, maxdisk: 2 },
    ]);
    await guests.read(api.ctx);
    const now = await storage.read(api.ctx);
    expect(Object.keys(now.storages)).toEqual(["storage/home/local-lvm", "storage/shared/nas"]);
    expect((storage.resources?.(now) ?? []).map((resource) => Resource.parse(resource).status)).toEqual(["unknown", "up"]);
    expect(now.storages["storage/home/local-lvm"]?.diskTotalBytes).toBeUndefined();
  });

  test("when the guests cannot be read, the storages say the same words", async () => {
    const api = house([node("Home"), guest(101)], "<html></html>");
    await reading(api);
    expect(await failure(reading(api))).toBe("upstream_garbage");
    expect(await failure(storage.read(api.ctx))).toBe("upstream_garbage");
  });
});

describe("a node that is alone", () => {
  const rows = (quorate: 0 | 1, online: readonly string[]) => [
    { type: "cluster", name: "c", quorate, nodes: 3 },
    ...["a", "b", "d"].map((name) => ({ type: "node", name, online: online.includes(name) ? 1 : 0, ip: `10.0.0.${name}` })),
  ];
  const byOrigin = (second: unknown) => {
    const api = fakeApi(({ origin, path }) => {
      if (path !== "/cluster/status") return { body: { data: [] } };
      return { body: { data: origin === "https://10.0.0.1:8006" ? rows(0, ["a"]) : second } };
    });
    api.client.memory.answered({ at: api.ctx.now(), entries: [] });
    return api;
  };

  test("cannot tell who is gone: another one's word holds where that one has quorum, and it is asked first from then on", async () => {
    const { ctx, asked } = byOrigin(rows(1, ["b", "d"]));
    const now = await cluster.read(ctx);
    expect(now.quorum).toMatchObject({ votes: 2, of: 3, quorate: true });
    expect(Object.values(now.nodes).map(({ name, online }) => [name, online])).toEqual([
      ["a", false],
      ["b", true],
      ["d", true],
    ]);
    asked.length = 0;
    await cluster.read(ctx);
    expect(asked.filter(({ path }) => path === "/cluster/status").map(({ origin }) => origin)).toEqual(["https://10.0.0.2:8006"]);
  });

  test("is believed when no other has quorum either", async () => {
    const { ctx } = byOrigin(rows(0, ["b"]));
    expect((await cluster.read(ctx)).quorum).toMatchObject({ votes: 1, quorate: false, margin: -1 });
  });
});
