// rrddata: as many points as the version keeps, a week and more of them filled from the first second on, and what happened since told as gaps and strain.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { ended, type OpenLab, openLab, record, rows } from "./open-lab.ts";

const POINTS = {
  "9.1": { hour: 60, day: 1440, week: 336, month: 1440, year: 1440 },
  "8.4": { hour: 70, day: 70, week: 70, month: 70, year: 70 },
} as const;

const PLACES = ["/nodes/pve", "/nodes/pve/qemu/101", "/nodes/pve/lxc/102", "/nodes/pve/storage/nas"];
const labs: Partial<Record<"8.4" | "9.1", OpenLab>> = {};
beforeAll(async () => {
  labs["9.1"] = await openLab({ speed: 20 });
  labs["8.4"] = await openLab({ speed: 20, dialect: "8.4" });
});
afterAll(async () => {
  await labs["9.1"]?.close();
  await labs["8.4"]?.close();
});

const labOf = (dialect: "8.4" | "9.1"): OpenLab => {
  const lab = labs[dialect];
  if (!lab) throw new Error("no lab");
  return lab;
};
const points = async (dialect: "8.4" | "9.1", path: string, timeframe: string) => rows((await labOf(dialect).call("GET", `${path}/rrddata?timeframe=${timeframe}`)).data);

for (const dialect of ["8.4", "9.1"] as const)
  test(`${dialect}: every timeframe has its points, and the last seven days are filled`, async () => {
    for (const path of PLACES)
      for (const [timeframe, count] of Object.entries(POINTS[dialect])) {
        const found = await points(dialect, path, timeframe);
        expect([path, timeframe, found.length]).toEqual([path, timeframe, count]);
        const now = Number(found.at(-1)?.time);
        const recent = found.filter((point) => now - Number(point.time) < 7 * 86_400);
        const filled = recent.filter((point) => "cpu" in point || "used" in point);
        expect(filled.length / recent.length).toBeGreaterThan(0.97);
      }
  });

test("a restart leaves a gap and keeps what was before", async () => {
  const lab = labOf("9.1");
  expect(await ended(lab, (await lab.call("POST", "/nodes/pve/lxc/109/status/reboot", { as: "act" })).data)).toBe("OK");
  const found = await points("9.1", "/nodes/pve/lxc/109", "week");
  expect(found.filter((point) => "cpu" in point).length).toBeGreaterThan(330);
  expect(record((await lab.call("GET", "/nodes/pve/lxc/109/status/current")).data).uptime).toBeLessThan(60);
});

test("a guest that somebody stopped two days ago has history until then and none since", async () => {
  const found = await points("9.1", "/nodes/pve/qemu/107", "week");
  const now = Number(found.at(-1)?.time);
  const last = found.filter((point) => "cpu" in point).at(-1);
  expect((now - Number(last?.time)) / 3_600).toBeGreaterThan(50);
  expect((now - Number(last?.time)) / 3_600).toBeLessThan(53);
});

test("live counters and history agree: the rate is the counter's slope", async () => {
  const found = await points("9.1", "/nodes/pve/qemu/101", "hour");
  const rates = found.map((point) => Number(point.netin)).filter(Number.isFinite);
  const { netin, uptime } = record((await labOf("9.1").call("GET", "/nodes/pve/qemu/101/status/current")).data);
  const mean = Number(netin) / Number(uptime);
  expect(rates.every((rate) => rate > mean * 0.3 && rate < mean * 2)).toBe(true);
});
