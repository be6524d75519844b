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
    ].join("\n"),
  );
  expect(broken).toBe(2);
  expect(told.map(({ node, about, figures, atMs }) => [node, about, figures, atMs])).toEqual([
    ["Home", { kind: "guest", vmid: 101 }, { cpuPercent: 12.3, memoryBytes: 1024 }, 1_700_000_000_000],
    ["Home", { kind: "guest", vmid: 102 }, { cpuPercent: 1, diskBytes: 77 }, undefined],
    ["Home", { kind: "node" }, { cpuPercent: 50 }, undefined],
    ["Home", { kind: "node" }, { memoryBytes: 5 }, undefined],
    ["Home", { kind: "storage", storage: "nas" }, { diskBytes: 9 }, undefined],
  ]);
});

const otlp = (metrics: unknown[]): string =>
  JSON.stringify({ resourceMetrics: [{ resource: { attributes: [{ key: "proxmox.node", value: { stringValue: "Home" } }] }, scopeMetrics: [{ metrics }] }] });
const gauge = (name: string, point: object, attributes: Record<string, string> = {}) => ({
  name,
  gauge: { dataPoints: [{ ...point, attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })) }] },
});

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
