// From a fault to its proved repair, one at a time at a random phase of the tick: a guest that crashes, one that the node's kernel kills for its memory (asked about, and approved here at once), a container that crashes. Beside it what the fastest poller of that interval could do.
// Usage: bun tests/bench/detect-to-fixed.ts [times] [speed] [FAULT]   (default 10 of each at 5; one JSON line each; exit 1 when one was not repaired, or twice, or without the asking)
import { z } from "zod";
import { effectsOf, standing } from "../faults/account.ts";
import { startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";

const [times = 10, speed = 5] = process.argv.slice(2, 4).map(Number);
const only = process.argv[4];
const TICK_S = 10;
const PATIENCE_MS = 240_000;
const Time = z.looseObject({ time: z.string() });

const CASES = [
  { name: "a guest crashes", fault: "guest-crash", asks: false, targets: [101, 102, 105, 106, 108, 109].map((vmid) => `guest/${vmid}`) },
  { name: "a guest is killed for its memory", fault: "guest-oom", asks: true, targets: [110, 111, 112, 113, 114, 115].map((vmid) => `guest/${vmid}`) },
  {
    name: "a container crashes",
    fault: "container-crash",
    asks: false,
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

/** Milliseconds of the clock from the fault on; `proposed` of what is asked about, NaN of anything else. */
const once = async (fault: string, target: string): Promise<{ seen: number; proposed: number; sent: number; healthy: number; proved: number; acts: number }> => {
  const since = effectsOf(await house.lab.effects()).at(-1)?.seq ?? 0;
  const known = new Set((await house.rpc("incidents.list", { limit: 200 })).incidents.map(({ id }) => id));
  await Bun.sleep((Math.random() * TICK_S * 1000) / speed);
  const beganMs = await nowMs();
  await house.lab.break(fault, target);
  let [seenMs, proposedMs, healthyMs] = [0, Number.NaN, 0];
  const incident = await until(
    async () => {
      if (seenMs > 0 && healthyMs === 0 && standing(await house.lab.state(), target)) healthyMs = await nowMs();
      const mine = (await house.rpc("incidents.list", { limit: 200 })).incidents.find(({ id, resource }) => resource === target && !known.has(id));
      if (mine) seenMs ||= Date.parse(mine.openedAt);
      const ask = (await house.rpc("asks.list")).asks.find(({ incident }) => incident !== undefined && incident === mine?.id);
      if (ask) {
        proposedMs = Date.parse((await house.rpc("calls.get", { callId: ask.callId ?? "" })).call.createdAt);
        await house.rpc("asks.decide", { id: ask.id, decision: "approve", hash: ask.hash });
      }
      return mine?.status === "resolved" ? mine : undefined;
    },
    { withinMs: PATIENCE_MS, what: `${fault} on ${target} to be repaired` },
  );
  const effects = effectsOf(await house.lab.effects(since)).filter((effect) => effect.target === target);
  const { calls } = await house.rpc("journal.list", { limit: 500 });
  const call = calls.findLast((one) => one.incident === incident.id && one.state === "succeeded");
  const at = (ms: number): number => Math.max(0, ms - beganMs);
  return {
    seen: at(seenMs),
    proposed: at(proposedMs),
    sent: at(Date.parse(effects[0]?.time ?? "")),
    healthy: at(healthyMs),
    proved: at(Date.parse(call?.endedAt ?? "")),
    acts: effects.length,
  };
};

try {
  await until(async () => (await house.rpc("state.get")).resources.filter(({ status, stale }) => status === "up" && !stale).length > 25, {
    withinMs: 60_000,
    what: "the house to be seen",
  });
  for (const { name, fault, asks, targets } of CASES.filter((one) => only === undefined || one.fault === only)) {
    const found: Awaited<ReturnType<typeof once>>[] = [];
    for (let index = 0; index < times; index += 1) found.push(await once(fault, targets[index % targets.length] ?? ""));
    const met = found.every(({ acts, proved, proposed }) => acts === 1 && !Number.isNaN(proved) && Number.isNaN(proposed) !== asks);
    if (!met) process.exitCode = 1;
    const of = (what: "seen" | "proposed" | "sent" | "healthy" | "proved") => figure(found.map((one) => one[what]));
    // A poller of the same interval meets a fault half a tick late on the mean and a whole one at worst; Docker tells of its own accord, so nobody need wait there.
    const floor = { meanS: TICK_S / 2, worstS: TICK_S };
    process.stdout.write(
      `${JSON.stringify({ case: name, times, tickS: TICK_S, pollingFloor: floor, detected: of("seen"), ...(asks ? { proposed: of("proposed") } : {}), sent: of("sent"), healthy: of("healthy"), provedTwice: of("proved"), actsEach: met ? 1 : found.map(({ acts }) => acts) })}\n`,
    );
  }
} finally {
  await house.stop();
}
