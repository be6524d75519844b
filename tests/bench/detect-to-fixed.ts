// From a fault to its proved repair, one at a time at a random phase of the tick: a guest that crashes, one that the node's kernel kills for its memory, a container that crashes. Beside it what the fastest poller of that interval could do.
// Usage: bun tests/bench/detect-to-fixed.ts [times] [speed]   (default 10 of each at 5; one JSON line each; exit 1 when one was not repaired, or twice)
import { z } from "zod";
import { effectsOf, standing } from "../faults/account.ts";
import { startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";

const [times = 10, speed = 5] = process.argv.slice(2).map(Number);
const TICK_S = 10;
const PATIENCE_MS = 240_000;
const Time = z.looseObject({ time: z.string() });

const CASES = [
  { name: "a guest crashes", fault: "guest-crash", targets: [101, 102, 105, 106, 108, 109].map((vmid) => `guest/${vmid}`) },
  { name: "a guest is killed for its memory", fault: "guest-oom", targets: [110, 111, 112, 113, 114, 115].map((vmid) => `guest/${vmid}`) },
  {
    name: "a container crashes",
    fault: "container-crash",
    targets: ["grafana", "uptime-kuma", "node-exporter", "cadvisor", "code-server", "dozzle"].map((name) => `container/mgmt/${name}`),
  },
] as const;

const house = await startHouse({ speed });
const nowMs = async (): Promise<number> => Date.parse(Time.parse(await house.lab.state()).time);
/** Mean and worst, in seconds of the clock and in ticks. */
const figure = (ms: readonly number[]) => {
  const [mean, worst] = [ms.reduce((sum, one) => sum + one, 0) / ms.length / 1000, Math.max(...ms) / 1000];
  const short = (value: number): number => Math.round(value * 100) / 100;
  return { meanS: short(mean), worstS: short(worst), meanTicks: short(mean / TICK_S), worstTicks: short(worst / TICK_S) };
};

/** Seconds of the clock from the fault on. */
const once = async (fault: string, target: string): Promise<{ seen: number; sent: number; healthy: number; proved: number; acts: number }> => {
  const since = effectsOf(await house.lab.effects()).at(-1)?.seq ?? 0;
  const known = new Set((await house.rpc("incidents.list", { limit: 200 })).incidents.map(({ id }) => id));
  await Bun.sleep((Math.random() * TICK_S * 1000) / speed);
  const beganMs = await nowMs();
  await house.lab.break(fault, target);
  let [seenMs, healthyMs] = [0, 0];
  const incident = await until(
    async () => {
      if (seenMs > 0 && healthyMs === 0 && standing(await house.lab.state(), target)) healthyMs = await nowMs();
      const mine = (await house.rpc("incidents.list", { limit: 200 })).incidents.find(({ id, resource }) => resource === target && !known.has(id));
      if (mine) seenMs ||= Date.parse(mine.openedAt);
      return mine?.status === "resolved" ? mine : undefined;
    },
    { withinMs: PATIENCE_MS, what: `${fault} on ${target} to be repaired` },
  );
  const effects = effectsOf(await house.lab.effects(since)).filter((effect) => effect.target === target);
  const { calls } = await house.rpc("journal.list", { limit: 500 });
  const call = calls.findLast((one) => one.incident === incident.id && one.state === "succeeded");
  const at = (ms: number): number => Math.max(0, ms - beganMs);
  return { seen: at(seenMs), sent: at(Date.parse(effects[0]?.time ?? "")), healthy: at(healthyMs), proved: at(Date.parse(call?.endedAt ?? "")), acts: effects.length };
};

try {
  await until(async () => (await house.rpc("state.get")).resources.filter(({ status, stale }) => status === "up" && !stale).length > 25, {
    withinMs: 60_000,
    what: "the house to be seen",
  });
  for (const { name, fault, targets } of CASES) {
    const found: Awaited<ReturnType<typeof once>>[] = [];
    for (let index = 0; index < times; index += 1) found.push(await once(fault, targets[index % targets.length] ?? ""));
    const met = found.every(({ acts, proved }) => acts === 1 && !Number.isNaN(proved));
    if (!met) process.exitCode = 1;
    const of = (what: "seen" | "sent" | "healthy" | "proved") => figure(found.map((one) => one[what]));
    // A poller of the same interval meets a fault half a tick late on the mean and a whole one at worst; Docker tells of its own accord, so nobody need wait there.
    const floor = { meanS: TICK_S / 2, worstS: TICK_S };
    process.stdout.write(
      `${JSON.stringify({ case: name, times, tickS: TICK_S, pollingFloor: floor, detected: of("seen"), sent: of("sent"), healthy: of("healthy"), provedTwice: of("proved"), actsEach: met ? 1 : found.map(({ acts }) => acts) })}\n`,
    );
  }
} finally {
  await house.stop();
}
