// What was pushed, by resource: of guests, nodes and storages alone that the last reading of the cluster lists, and at the node that lists them. Makes nothing, says nothing of how they are; counts what it leaves.
import type { Client } from "../client/client.ts";
import { perClient } from "../monitors/turns.ts";
import type { Entry } from "../shapes/resources.ts";
import { storeId } from "../shapes/store.ts";
import { type Traffic, trafficIn } from "../shapes/traffic.ts";
import { createMeter } from "./meter.ts";
import type { Heard, Told } from "./told.ts";

/** Older or newer than this by the cluster's clock: sent again, or by a node whose clock is wrong. */
const MOST_OFF_MS = 60_000;
/** What nobody pushed any more for so long is not told any more. */
const FORGOTTEN_MS = 300_000;
/** Traffic pushed longer ago is not the traffic of now. */
const NOW_MS = 45_000;

interface Pushed {
  atMs: number;
  figures: Record<string, number>;
}

export interface Heap {
  /** Answers how many figures it took of how many. */
  add(heard: Heard, entries: readonly Entry[], clock: { nowMs: number; serverMs: number }): { taken: number; left: number };
  view(nowMs: number): Record<string, Pushed>;
  /** Of one resource, as pushed just now. */
  traffic(id: string, nowMs: number): Traffic;
  readonly counts: { taken: number; unknown: number; late: number; broken: number };
  /** Resolves when something was added since it was last asked; rejects with the signal. */
  more(signal: AbortSignal): Promise<void>;
}

const keyOf = ({ node, about }: Told): string => {
  if (about.kind === "node") return `node ${node}`;
  return about.kind === "guest" ? `guest ${about.vmid} ${node}` : `storage ${about.storage} ${node}`;
};

/** Key of what may be pushed -> resource id. */
const knownIn = (entries: readonly Entry[]): Map<string, string> =>
  new Map(
    entries.flatMap(({ type, node, vmid, storage, shared }): [string, string][] => {
      if (node === undefined) return [];
      if (type === "node") return [[`node ${node}`, `node/${node.toLowerCase()}`]];
      if ((type === "qemu" || type === "lxc") && vmid !== undefined) return [[`guest ${vmid} ${node}`, `guest/${vmid}`]];
      return type === "storage" && storage !== undefined ? [[`storage ${storage} ${node}`, storeId(storage, shared ? undefined : node)]] : [];
    }),
  );

const createHeap = (): Heap => {
  const pushed = new Map<string, Pushed>();
  const meter = createMeter();
  const counts = { taken: 0, unknown: 0, late: 0, broken: 0 };
  let fresh = Promise.withResolvers<void>();
  return {
    counts,
    add({ told, broken }, entries, { nowMs, serverMs }) {
      const known = knownIn(entries);
      const before = counts.taken;
      const round = meter.round(nowMs);
      for (const one of told) {
        const id = known.get(keyOf(one));
        const late = one.atMs !== undefined && Math.abs(serverMs - one.atMs) > MOST_OFF_MS;
        if (late) counts.late += 1;
        else if (id === undefined) counts.unknown += 1;
        else {
          counts.taken += 1;
          for (const counter of one.counters ?? []) round.see(id, counter, one.atMs ?? nowMs);
          pushed.set(id, { atMs: nowMs, figures: { ...pushed.get(id)?.figures, ...one.figures } });
        }
      }
      for (const [id, rates] of round.rates()) {
        const figures = new Map([...Object.entries(pushed.get(id)?.figures ?? {}), ...Object.entries(rates)]);
        pushed.set(id, { atMs: nowMs, figures: Object.fromEntries([...figures].flatMap(([name, rate]) => (rate === undefined ? [] : [[name, rate]]))) });
      }
      counts.broken += broken;
      const taken = counts.taken - before;
      if (taken > 0) fresh.resolve();
      return { taken, left: told.length - taken + broken };
    },
    view(nowMs) {
      for (const [id, { atMs }] of pushed) if (nowMs - atMs > FORGOTTEN_MS) pushed.delete(id);
      return Object.fromEntries(pushed);
    },
    traffic(id, nowMs) {
      const known = pushed.get(id);
      return known === undefined || nowMs - known.atMs > NOW_MS ? {} : trafficIn(known.figures);
    },
    async more(signal) {
      const ended = Promise.withResolvers<never>();
      const end = (): void => ended.reject(signal.reason);
      signal.addEventListener("abort", end, { once: true });
      try {
        if (signal.aborted) end();
        await Promise.race([fresh.promise, ended.promise]);
        fresh = Promise.withResolvers();
      } finally {
        signal.removeEventListener("abort", end);
        ended.promise.catch(() => undefined);
      }
    },
  };
};

export const heapOf: (client: Client) => Heap = perClient(createHeap);
