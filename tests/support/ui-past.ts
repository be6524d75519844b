// A made-up past for tests of the page: calm waves around what is drawn, with a gap in it and peaks above the steps of long stretches.
import { matches } from "../../core/contract/pattern.ts";
import type { Params, Result } from "../../core/contract/wire.ts";
import type { UiHouse } from "./ui-house.ts";

const STEPS = 90;
const FIGURES = ["cpuPercent", "memoryBytes", "diskBytes"] as const;

const levelOf = (name: (typeof FIGURES)[number], resource: UiHouse["drawn"]["resources"][string]): { level: number; whole: number } | undefined => {
  const { cpu, memory, disk, memoryTotalBytes, diskTotalBytes } = resource;
  const [level, whole] = { cpuPercent: [cpu, 100], memoryBytes: [memory, memoryTotalBytes], diskBytes: [disk, diskTotalBytes] }[name];
  return level === undefined || whole === undefined ? undefined : { level, whole };
};

export const pastAt = (now: number, { drawn }: UiHouse, { series: pattern, minutes = 15 }: Params<"history.get">): Result<"history.get"> => {
  const steps = minutes <= 15 ? STEPS : STEPS * 3;
  const stepMs = (minutes * 60_000) / steps;
  const [means, peaks]: [Result<"history.get">["series"], Result<"history.get">["series"]] = [{}, {}];
  for (const [index, [id, resource]] of Object.entries(drawn.resources).entries())
    for (const name of FIGURES) {
      const found = levelOf(name, resource);
      if (!found || !matches(pattern, `${id}/${name}`)) continue;
      const swing = name === "cpuPercent" ? 8 : 1;
      const wave = (step: number): number =>
        Math.max(1, found.level + swing * (Math.sin(step / (5 + (index % 5))) + Math.sin(step * (0.23 + (index % 5) / 9)) / 2 + Math.sin(step * 0.31) / 4));
      const known = Array.from({ length: steps }, (_, step) => step).filter((step) => minutes <= 15 || step < steps * 0.3 || step > steps * 0.36);
      const value = (step: number, more = 0): [number, number] => [now - (steps - step) * stepMs, (Math.min(100, wave(step) + more) * found.whole) / 100];
      means[`${id}/${name}`] = known.map((step) => value(step));
      peaks[`${id}/${name}`] = known.map((step) => value(step, step % 7));
    }
  return minutes <= 15 ? { series: means } : { series: means, max: peaks, stepSeconds: stepMs / 1000 };
};
