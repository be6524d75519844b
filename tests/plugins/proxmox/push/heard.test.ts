// What nodes push is read into the monitors' own names and units; what is no figure of a known thing is left, counted, and never makes one.
import { expect, test } from "bun:test";
import { JarvisError } from "../../../../core/contract/error.ts";
import { heapOf } from "../../../../plugins/proxmox/push/heap.ts";
import { heardInLines } from "../../../../plugins/proxmox/push/influx.ts";
import { push } from "../../../../plugins/proxmox/push/monitor.ts";
import { take } from "../../../../plugins/proxmox/push/take.ts";
import { heardInTelemetry } from "../../../../plugins/proxmox/push/telemetry.ts";
import { Entries } from "../../../../plugins/proxmox/shapes/resources.ts";
import { fakeApi } from "../fake-api.ts";

const ENTRIES = Entries.parse([
  { type: "node", node: "Home", status: "online" },
  { type: "qemu", node: "Home", vmid: 101, status: "running" },
  { type: "lxc", node: "Home", vmid: 102, status: "running" },
  { type: "storage", node: "Home", storage: "nas", shared: 1, status: "available" },
]);

const build = () => {
  const api = fakeApi(() => ({ body: { data: null } }));
  api.client.memory.answered({ at: api.ctx.now(), entries: ENTRIES });
  const ns = (offMs = 0): string => `${api.ctx.now() + offMs}000000`;
  const send = (body: string, path = "/api/v2/write", contentType = "text/plain") => take(api.ctx, { path, contentType, body });
  return { ...api, ns, send, view: () => heapOf(api.client).view(api.ctx.now()) };
};

test("lines of the protocol are read with their escapes, quotes, integers and comments; broken ones are counted", () => {
  const { told, broken } = heardInLines(
    [
      "# a comment",
      'system,object=qemu,vmid=101,nodename=Home,host=a\\ name\\,x cpu=0.1234,mem=1024i,disk=0,name="b, c=d e" 1700000000000000000',
      'system,object=lxc,vmid=102,nodename=Home cpu=1e-2,disk=77,status="running"',
      "cpustat,object=nodes,host=Home cpu=0.5,wait=0.01",
      "memory,object=nodes,host=Home memused=5,memtotal=10",
      "nics,object=nodes,host=Home,instance=vmbr0 receive=5",
      "system,object=storages,nodename=Home,host=nas,type=nfs used=9,total=10,active=1",
      "no fields here",
      "measurement",
      "system,object=qemu,vmid=abc,nodename=Home cpu=1",
      "nics,object=nodes,host=Home,instance=eno1 receive=5,transmit=6",
      "system,object=qemu,vmid=103,nodename=Home netin=1,netout=2,diskread=3,diskwrite=4",
    ].join("\n"),
  );
  expect(broken).toBe(2);
  expect(told.map(({ node, about, figures, atMs }) => [node, about, figures, atMs])).toEqual([
    ["Home", { kind: "guest", vmid: 101 }, { cpuPercent: 12.3, memoryBytes: 1024 }, 1_700_000_000_000],
    ["Home", { kind: "guest", vmid: 102 }, { cpuPercent: 1, diskBytes: 77 }, undefined],
    ["Home", { kind: "node" }, { cpuPercent: 50 }, undefined],
    ["Home", { kind: "node" }, { memoryBytes: 5 }, undefined],
    ["Home", { kind: "storage", storage: "nas" }, { diskBytes: 9 }, undefined],
    ["Home", { kind: "node" }, {}, undefined],
    ["Home", { kind: "guest", vmid: 103 }, {}, undefined],
  ]);
  expect(told.slice(-2).map(({ counters = [] }) => counters.map(({ figure, of, total }) => [figure, of, total]))).toEqual([
    [
      ["netInBytesPerSecond", "eno1", 5],
      ["netOutBytesPerSecond", "eno1", 6],
    ],
    [
      ["netInBytesPerSecond", undefined, 1],
      ["netOutBytesPerSecond", undefined, 2],
      ["diskReadBytesPerSecond", undefined, 3],
      ["diskWriteBytesPerSecond", undefined, 4],
    ],
  ]);
});

const otlp = (metrics: unknown[]): string =>
  JSON.stringify({ resourceMetrics: [{ resource: { attributes: [{ key: "proxmox.node", value: { stringValue: "Home" } }] }, scopeMetrics: [{ metrics }] }] });
const gauge = (name: string, point: object, attributes: Record<string, string> = {}) => ({
  name,
  gauge: { dataPoints: [{ ...point, attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })) }] },
});

const sum = (name: string, point: object, attributes: Record<string, string>) => {
  const { gauge: sum } = gauge(name, point, attributes);
  return { name, sum };
};

test("OpenTelemetry's points are read by Proxmox's own names, integers as text too; protobuf and nonsense are refused with the way out", () => {
  const { told } = heardInTelemetry(
    "application/json",
    otlp([
      gauge("proxmox_node_cpustat_cpu", { asDouble: 0.25, timeUnixNano: 1_700_000_000_000_000_000 }),
      gauge("proxmox_vm_mem", { asInt: "2048" }, { vmid: "101", node: "Home", type: "qemu" }),
      gauge("proxmox_vm_disk", { asInt: 0 }, { vmid: "101", node: "Home", type: "qemu" }),
      gauge("proxmox_vm_disk", { asInt: 5 }, { vmid: "102", node: "Home", type: "lxc" }),
      gauge("proxmox_storage_used", { asInt: 9 }, { storage: "nas", node: "Home" }),
      gauge("proxmox_node_memory_swapused", { asInt: 9 }),
    ]),
  );
  expect(told.map(({ about, figures }) => [about.kind, figures])).toEqual([
    ["node", { cpuPercent: 25 }],
    ["guest", { memoryBytes: 2048 }],
    ["guest", { diskBytes: 5 }],
    ["storage", { diskBytes: 9 }],
  ]);
  expect(told[0]?.atMs).toBe(1_700_000_000_000);
  expect(() => heardInTelemetry("application/x-protobuf", "\u0000")).toThrow(/protobuf/);
  expect(() => heardInTelemetry("application/json", "{")).toThrow(/no whole JSON/);
  for (const odd of ["null", "[]", '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[null,{"name":"proxmox_vm_cpu","gauge":{"dataPoints":[7]}}]}]}]}'])
    expect(heardInTelemetry("application/json", odd).told).toEqual([]);
});

test("only what the cluster lists at that node is taken: no stranger, no guest that moved, nothing late", async () => {
  const { send, ns, view, client } = build();
  const guest = (vmid: number, node: string, at: string): string => `system,object=qemu,vmid=${vmid},nodename=${node} cpu=0.5,mem=7 ${at}`;
  expect(
    await send([guest(101, "Home", ns()), guest(999, "Home", ns()), guest(101, "pve", ns()), guest(101, "Home", ns(-600_000)), guest(101, "Home", ns(600_000))].join("\n")),
  ).toEqual({
    taken: 1,
    left: 4,
  });
  expect(Object.keys(view())).toEqual(["guest/101"]);
  expect(heapOf(client).counts).toEqual({ taken: 1, unknown: 2, late: 2, broken: 0 });
  await send("system,object=storages,nodename=Home,host=nas used=4", "/write");
  expect(view()["storage/shared/nas"]?.figures).toEqual({ diskBytes: 4 });
});

test("counters of network and disk become rates in both forms: a node's cards together, none at first, after a restart, a gap, or for what is sent twice", async () => {
  const { send, view, forward, client, ctx } = build();
  const lines = async (vm: number, eno1: number, eno2: number): Promise<void> => {
    const at = `${ctx.now()}000000`;
    await send(
      [
        `system,object=qemu,vmid=101,nodename=Home cpu=0.5,netin=${vm},netout=0,diskread=${vm * 2},diskwrite=7 ${at}`,
        ...Object.entries({ eno1, enp2s0: eno2, vmbr0: eno1, tap101i0: 5_000_000, lo: 9_000_000 }).map(
          ([card, total]) => `nics,object=nodes,host=Home,instance=${card} receive=${total},transmit=1 ${at}`,
        ),
      ].join("\n"),
    );
  };
  const rates = (id: string) => {
    const { cpuPercent, ...rest } = view()[id]?.figures ?? {};
    return rest;
  };
  await lines(1_000_000_000, 500, 40);
  expect([rates("guest/101"), rates("node/home")]).toEqual([{}, {}]);
  forward(10_000);
  await lines(1_001_234_567, 10_500, 1_040);
  const first = { netInBytesPerSecond: 123_000, netOutBytesPerSecond: 0, diskReadBytesPerSecond: 247_000, diskWriteBytesPerSecond: 0 };
  expect(rates("guest/101")).toEqual(first);
  expect(rates("node/home")).toEqual({ netInBytesPerSecond: 1_100, netOutBytesPerSecond: 0 });
  expect(heapOf(client).traffic("node/home", ctx.now())).toEqual({ netInBytesPerSecond: 1_100, netOutBytesPerSecond: 0 });
  await lines(1_001_234_567, 10_500, 1_040);
  expect(rates("guest/101")).toEqual(first);
  forward(10_000);
  await lines(500, 10_500, 1_040);
  expect(rates("guest/101")).toEqual({ netOutBytesPerSecond: 0, diskWriteBytesPerSecond: 0 });
  forward(100_000);
  expect(heapOf(client).traffic("node/home", ctx.now())).toEqual({});
  await lines(900_000_000, 900_000_000, 1_040);
  expect([rates("guest/101"), rates("node/home")]).toEqual([{}, {}]);

  const told = async (name: string, total: number, attributes: Record<string, string>): Promise<void> =>
    void (await send(otlp([sum(name, { asInt: String(total), timeUnixNano: ctx.now() * 1e6 }, attributes)]), "/v1/metrics", "application/json"));
  for (const total of [100, 50_100]) {
    forward(10_000);
    await told("proxmox_vm_diskwrite_total", total, { vmid: "102", type: "lxc" });
    await told("proxmox_node_network_transmit_total", total * 2, { device: "eno1" });
    await told("proxmox_node_network_transmit_total", total * 2, { device: "vmbr0" });
  }
  expect(rates("guest/102")).toEqual({ diskWriteBytesPerSecond: 5_000 });
  expect(rates("node/home").netOutBytesPerSecond).toBe(10_000);
});

test("pieces of one round are put together, and what is not pushed any more is forgotten", async () => {
  const { send, view, forward } = build();
  await send("cpustat,object=nodes,host=Home cpu=0.5\nmemory,object=nodes,host=Home memused=5");
  expect(view()["node/home"]?.figures).toEqual({ cpuPercent: 50, memoryBytes: 5 });
  forward(301_000);
  expect(view()).toEqual({});
});

test("another path is refused with the right ones, and nothing is taken before the cluster was read", async () => {
  const { send } = build();
  expect(await send("x", "/query").catch((thrown: unknown) => (thrown instanceof JarvisError ? thrown.type : thrown))).toBe("not_found");
  const { ctx } = fakeApi(() => ({ body: { data: null } }));
  expect(await take(ctx, { path: "/write", contentType: "", body: "" }).catch((thrown: unknown) => (thrown instanceof JarvisError ? thrown.type : thrown))).toBe("unavailable");
});

test("the monitor tells as it comes, once for what comes together", async () => {
  const { ctx, send } = build();
  const told: unknown[] = [];
  const life = new AbortController();
  const watching = push.watch?.({ ...ctx, signal: life.signal, pause: async () => undefined }, (value) => void told.push(value.pushed)).catch(() => undefined);
  await Promise.all([send("cpustat,object=nodes,host=Home cpu=0.5"), send("memory,object=nodes,host=Home memused=5")]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual([{ "node/home": { atMs: ctx.now(), figures: { cpuPercent: 50, memoryBytes: 5 } } }]);
  life.abort(new Error("over"));
  await watching;
});
