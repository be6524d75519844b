// The past from rrddata: in the monitors' own names and units, gaps as gaps, frame by frame until what is known, in the last share of the slow lane.
import { expect, test } from "bun:test";
import { Past } from "../../../../core/contract/past.ts";
import { backfill } from "../../../../plugins/proxmox/history/backfill.ts";
import { Entries } from "../../../../plugins/proxmox/shapes/resources.ts";
import { TRAFFIC_FIGURES } from "../../../../plugins/proxmox/shapes/traffic.ts";
import { fakeApi } from "../fake-api.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const FRAMES = {
  "9.1": { day: [60, 1440], month: [1800, 1440], year: [21_600, 1440] },
  "8.4": { day: [1800, 70], week: [10_800, 70], month: [43_200, 70], year: [604_800, 70] },
} as const;

const ENTRIES = Entries.parse([
  { type: "node", node: "Home", status: "online" },
  { type: "node", node: "gone", status: "offline" },
  { type: "qemu", node: "Home", vmid: 101, status: "running" },
  { type: "lxc", node: "Home", vmid: 102, status: "running" },
  { type: "qemu", node: "gone", vmid: 103, status: "unknown" },
  { type: "storage", node: "gone", storage: "nas", shared: 1, status: "available" },
  { type: "storage", node: "Home", storage: "nas", shared: 1, status: "available" },
  { type: "storage", node: "Home", storage: "local-LVM", status: "available" },
]);

const build = (dialect: "8.4" | "9.1", point: (time: number) => Record<string, unknown>) => {
  const api = fakeApi((asked) => {
    const frame = new URL(`http://x${asked.path}`).searchParams.get("timeframe") ?? "";
    const [step, count] = Object.entries(FRAMES[dialect]).find(([name]) => name === frame)?.[1] ?? [60, 0];
    const last = Math.floor(api.ctx.now() / 1000 / step) * step;
    return { body: { data: Array.from({ length: count }, (_, index) => ({ time: last - (count - 1 - index) * step, ...point(last - (count - 1 - index) * step) })) } };
  });
  api.client.memory.answered({ at: api.ctx.now(), entries: ENTRIES });
  /** All pieces, a minute apart each. */
  const all = async (resource: string, sinceMs = 0): Promise<Past[]> => {
    const pieces: Past[] = [];
    for (let next: string | undefined; pieces.length < 9; ) {
      api.forward(MINUTE_MS + 1);
      const piece = await backfill(api.ctx, { resource, sinceMs, ...(next === undefined ? {} : { next }) });
      if (!piece) throw new Error("not now");
      pieces.push(Past.parse(piece));
      next = piece.next;
      if (next === undefined) break;
    }
    return pieces;
  };
  return { ...api, all };
};

test("a guest's figures have the monitor's names and units, and where it did not run there is nothing", async () => {
  const { all, asked } = build("9.1", (time) =>
    time % 3600 < 1800
      ? { cpu: 0.12345, mem: 1_000_000, maxmem: 4_000_000, disk: 500, netin: 12_345.6, netout: 5.2, diskread: 0, diskwrite: 3 }
      : { maxmem: 4_000_000, disk: 0, netin: 0 },
  );
  const [ct] = await all("guest/102");
  expect(Object.keys(ct?.figures ?? {})).toEqual(["cpuPercent", "memoryBytes", "diskBytes", ...TRAFFIC_FIGURES]);
  expect(ct?.figures.cpuPercent?.[0]?.[1]).toBe(12.3);
  expect(TRAFFIC_FIGURES.map((name) => ct?.figures[name]?.[0]?.[1])).toEqual([12_300, 5, 0, 3]);
  expect(ct?.figures.netInBytesPerSecond?.length).toBe(720);
  expect(ct?.figures.diskBytes?.every(([, value]) => value === 500)).toBe(true);
  expect([ct?.stepSeconds, ct?.figures.cpuPercent?.length]).toEqual([60, 720]);
  const [vm] = await all("guest/101");
  expect(Object.keys(vm?.figures ?? {})).toEqual(["cpuPercent", "memoryBytes", ...TRAFFIC_FIGURES]);
  expect(asked.map(({ path }) => path.split("?")[0]).slice(-1)).toEqual(["/nodes/Home/qemu/101/rrddata"]);
});

test("a node is found by its own spelling, a shared storage on a node that is there, and their figures are theirs", async () => {
  const { all, asked } = build("9.1", () => ({ cpu: 0.5, memused: 7, rootused: 8, used: 9, total: 10, netin: 11, netout: 12 }));
  expect((await all("node/home"))[0]?.figures).toMatchObject({
    cpuPercent: { 0: [expect.any(Number), 50] },
    memoryBytes: { 0: [expect.any(Number), 7] },
    diskBytes: { 0: [expect.any(Number), 8] },
    netInBytesPerSecond: { 0: [expect.any(Number), 11] },
    netOutBytesPerSecond: { 0: [expect.any(Number), 12] },
  });
  expect(Object.keys((await all("storage/shared/nas"))[0]?.figures ?? {})).toEqual(["diskBytes"]);
  await all("storage/home/local-lvm");
  expect([...new Set(asked.map(({ path }) => path.split("?")[0]))]).toEqual(["/nodes/Home/rrddata", "/nodes/Home/storage/nas/rrddata", "/nodes/Home/storage/local-LVM/rrddata"]);
});

for (const [dialect, frames] of [
  ["9.1", ["day", "month", "year"]],
  ["8.4", ["day", "week", "month", "year"]],
] as const)
  test(`${dialect}: at first sight every frame that says something new is read, the finest first`, async () => {
    const { all, asked } = build(dialect, () => ({ cpu: 0.5, mem: 1 }));
    const pieces = await all("guest/101");
    expect(asked.map(({ path }) => new URL(`http://x${path}`).searchParams.get("timeframe"))).toEqual([...frames]);
    expect(pieces.map(({ stepSeconds }) => stepSeconds)).toEqual(Object.values(FRAMES[dialect]).map(([step]) => step));
  });

test("after a short absence only what was missed is read", async () => {
  const { all, asked, ctx } = build("9.1", () => ({ cpu: 0.5, mem: 1 }));
  const sinceMs = ctx.now() - 3 * 60 * MINUTE_MS;
  const [piece, ...more] = await all("guest/101", sinceMs);
  expect([asked.length, more.length]).toEqual([1, 0]);
  expect(piece?.figures.cpuPercent?.every(([at]) => at + MINUTE_MS > sinceMs)).toBe(true);
  expect(piece?.figures.cpuPercent?.length).toBeLessThanOrEqual(183);
});

test("not more than one call a minute, none for a node that is away or for what nobody knows, and none while the API has it hard", async () => {
  const { ctx, client, asked, forward } = build("9.1", () => ({ cpu: 0.5 }));
  const ask = (resource: string) => backfill(ctx, { resource, sinceMs: 0 });
  expect(await ask("guest/101")).toBeDefined();
  expect(await ask("guest/102")).toBeUndefined();
  forward(MINUTE_MS + 1);
  for (const nobody of ["guest/103", "guest/999", "node/gone", "service/x"]) expect(await ask(nobody)).toBeUndefined();
  for (let call = 0; call < 10; call += 1) client.ledger.note({ method: "GET", path: "/cluster/status", cause: "reading", answer: 200, at: ctx.now(), tookMs: 4000 });
  expect(await ask("guest/102")).toBeUndefined();
  expect(asked).toHaveLength(1);
  forward(DAY_MS);
  for (let minute = 0; minute < 5; minute += 1) {
    forward(2 * MINUTE_MS);
    client.ledger.strain(ctx.now());
  }
  expect(await ask("guest/102")).toBeDefined();
});
