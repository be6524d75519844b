// Monitor `rounds`: when each node's pvestatd tells its numbers, so that the readings are placed where these are youngest. Draws from the shared answer; asks export twice an hour.
import { byText, JarvisError, type Monitor, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { looseNumber, looseRows, looseText } from "../shapes/loose.ts";
import { createRounds, type Rounds } from "./round-memory.ts";
import { phaseTold } from "./round-phase.ts";

const FRESH_MS = 15_000;
const STEP_MS = 100;
/** Readings that draw from the shared answer come this long after it. */
const AFTER_MS = 400;

const RoundsState = z.object({
  /** Where the phases come from. */
  from: z.enum(["export", "readings", "nothing yet"]),
  /** Milliseconds after each whole ten seconds of our clock at which a node's numbers change, by node. */
  phasesMs: z.record(z.string(), z.number()),
  /** Where in the ten seconds the readings are placed. */
  offsetMs: z.number().optional(),
  /** How old the numbers are then, on average over the nodes. */
  meanAgeMs: z.number().optional(),
});

const Sample = z.object({ id: looseText, timestamp: looseNumber });
/** The schema says a list; the servers say a list under `data`. */
const Export = z.union([z.object({ data: looseRows(Sample) }).transform(({ data }) => data), looseRows(Sample)]);

const known = new WeakMap<Client, Rounds>();
const roundsOf = (client: Client): Rounds => {
  const present = known.get(client) ?? createRounds();
  known.set(client, present);
  return present;
};

/** Never throws: without it the readings themselves tell in time. */
const ask = async (ctx: Ctx, rounds: Rounds): Promise<void> => {
  try {
    const samples = await ctx.client.get(ctx, "/cluster/metrics/export", Export);
    const aheadMs = ctx.client.serverTime(ctx) - ctx.now();
    const newest = new Map<string, number>();
    for (const { id, timestamp } of samples) {
      if (!id?.startsWith("node/") || timestamp === undefined) continue;
      const node = id.slice("node/".length);
      newest.set(node, Math.max(timestamp, newest.get(node) ?? 0));
    }
    rounds.told(new Map([...newest].map(([node, timestamp]) => [node, phaseTold(timestamp, aheadMs)])), ctx.now());
  } catch (thrown) {
    rounds.denied(ctx.now());
    ctx.log("the rounds of pvestatd are learned from the readings: /cluster/metrics/export cannot be had", { words: thrown instanceof JarvisError ? thrown.message : "unknown" });
  }
};

const rounded = (ms: number): number => Math.round(ms / STEP_MS) * STEP_MS;

const read = async (ctx: Ctx): Promise<z.output<typeof RoundsState>> => {
  const rounds = roundsOf(ctx.client);
  rounds.observe(await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal));
  if (rounds.exportDue(ctx.now())) await ask(ctx, rounds);
  const { from, phases, place } = rounds.view();
  return {
    from,
    phasesMs: Object.fromEntries([...phases].sort(([a], [b]) => byText(a, b)).map(([node, phase]) => [node, rounded(phase)])),
    ...(place === undefined ? {} : { offsetMs: rounded(place.offsetMs), meanAgeMs: rounded(place.meanAgeMs) }),
  };
};

/** Where the one reading of /cluster/resources is placed. */
export const placeOfReading = (client: Client): number | undefined => roundsOf(client).offsetMs();

/** Where those are placed that draw from its answer. */
export const placeAfterReading = (client: Client): number | undefined => {
  const offsetMs = placeOfReading(client);
  return offsetMs === undefined ? undefined : offsetMs + AFTER_MS;
};

export const rounds: Monitor<Config, Client, typeof RoundsState> = { title: "Rounds", every: "10s", state: RoundsState, read, place: placeAfterReading };
