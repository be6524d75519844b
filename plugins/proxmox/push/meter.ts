// Pushed counters as rates: each counter against what was pushed of it before, a node's cards added up. A round that is sent twice changes nothing. Bounded.
import { type Count, rateOf, rounded, type Traffic, type TrafficFigure } from "../shapes/traffic.ts";
import type { Counter } from "./told.ts";

/** Four of each of some ten thousand guests; whoever sends more begins anew. */
const MOST_COUNTERS = 60_000;
/** Not pushed for so long: the next one has nothing to be compared with. */
const FORGOTTEN_MS = 120_000;

type Rates = { [figure in TrafficFigure]?: number | undefined };

interface Round {
  see(id: string, counter: Counter, atMs: number): void;
  /** By resource id; a figure that is there and undefined has no rate now. */
  rates(): ReadonlyMap<string, Traffic>;
}

export const createMeter = () => {
  const last = new Map<string, Count & { readonly heardMs: number }>();
  return {
    /** One body's worth. */
    round(nowMs: number): Round {
      const made = new Map<string, Rates>();
      return {
        see(id, { figure, of = "", total }, atMs) {
          const key = `${id} ${figure} ${of}`;
          const known = last.get(key);
          const before = known !== undefined && nowMs - known.heardMs <= FORGOTTEN_MS ? known : undefined;
          if (before !== undefined && atMs <= before.atMs) return;
          if (last.size >= MOST_COUNTERS) last.clear();
          last.set(key, { atMs, total, heardMs: nowMs });
          const rates = made.get(id) ?? {};
          const [sum, rate] = [rates[figure], rateOf(before, { atMs, total })];
          made.set(id, { ...rates, [figure]: sum === undefined || rate === undefined ? (rate ?? sum) : rounded(sum + rate) });
        },
        rates: () => made,
      };
    },
  };
};
