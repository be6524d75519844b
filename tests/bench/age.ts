// How old the nodes' numbers are when they are read: at a place of the round as the core learned it, beside readings that come anywhere in it.
// Usage: bun tests/bench/age.ts [readings] [speed]   (default 24 at 6; prints one JSON object)
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { startHouse } from "../support/living-house.ts";

const [readings = 24, speed = 6] = process.argv.slice(2).map(Number);
const ROUND_MS = 10_000;
const WARM_UP_ROUNDS = 4;

const Requests = z.object({ requests: z.array(z.looseObject({ path: z.string(), time: z.string() })) });
const State = z.looseObject({ nodes: z.array(z.looseObject({ name: z.string(), phaseMs: z.number() })) });
const LabConfig = z.looseObject({ clock: z.looseObject({ anchor: z.string() }) });
const within = (ms: number): number => ((ms % ROUND_MS) + ROUND_MS) % ROUND_MS;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const house = await startHouse({ speed });
try {
  const { clock } = LabConfig.parse(parse(readFileSync(house.lab.line.config, "utf8")));
  const phases = State.parse(await house.lab.state()).nodes.map(({ phaseMs }) => within(Date.parse(clock.anchor) + phaseMs));
  const ageOf = (atMs: number): number => mean(phases.map((phase) => within(atMs - phase)));
  await Bun.sleep(((WARM_UP_ROUNDS + readings) * ROUND_MS) / speed);
  const { requests } = Requests.parse(await house.lab.requests());
  const all = requests.filter(({ path }) => path.replace(/\?.*/, "").endsWith("/cluster/resources")).map(({ time }) => Date.parse(time));
  const placed = all.slice(WARM_UP_ROUNDS);
  const anywhere = Array.from({ length: ROUND_MS / 10 }, (_, index) => ageOf(index * 10));
  process.stdout.write(
    `${JSON.stringify({
      nodes: phases.length,
      phasesMs: phases.map(Math.round),
      meanAgeMs: {
        anywhere: Math.round(mean(anywhere)),
        placed: Math.round(mean(placed.map(ageOf))),
        least: Math.round(Math.min(...anywhere)),
        worst: Math.round(Math.max(...anywhere)),
      },
      readings: placed.length,
      readingsARound: Math.round((100 * (placed.length - 1) * ROUND_MS) / ((placed.at(-1) ?? 0) - (placed[0] ?? 0))) / 100,
      exportCalls: requests.filter(({ path }) => path.includes("/cluster/metrics/export")).length,
    })}\n`,
  );
} finally {
  await house.stop();
}
