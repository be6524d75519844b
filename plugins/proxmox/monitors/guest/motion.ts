// Whether a guest moves: what its counters of network and disk did over the last minute. A counter that fell (a start, another node) begins anew; too short a look says nothing.
import type { Entry } from "../../shapes/resources.ts";
import { rateOf, steady, type Traffic } from "../../shapes/traffic.ts";

/** A look shorter than this proves nothing. */
const SHORTEST_MS = 45_000;
const LONGEST_MS = 75_000;
const MOST = 12;
/** What was not counted anew for so long is no rate of now. */
const OLD_MS = 30_000;

interface Sight {
  at: number;
  uptime: number;
  sent: number;
  heard: number;
  read: number | undefined;
  written: number | undefined;
}

/** Bytes per second over about a minute, from `fromMs` on (epoch ms, ours). `sent`, `heard`: by the guest. */
export interface Rates {
  sent: number;
  heard: number;
  read: number;
  written: number;
  seconds: number;
  fromMs: number;
}

/** What it hears and reads says nothing: a bridge floods even the dead. */
export const isMoving = ({ sent, written }: Rates): boolean => sent > 0 || written > 0;

export interface Motion {
  see(entry: Entry, nowMs: number): void;
  /** Undefined until it was looked at for most of a minute. */
  rates(vmid: number): Rates | undefined;
  /** Between the last two rounds of its node that told of it. */
  traffic(vmid: number, nowMs: number): Traffic;
  keepOnly(present: ReadonlySet<number>): void;
}

const sightOf = ({ uptime, netin, netout, diskread, diskwrite }: Entry, at: number): Sight | undefined => {
  if (uptime === undefined || uptime <= 0 || netin === undefined || netout === undefined) return undefined;
  return { at, uptime, sent: netout, heard: netin, read: diskread, written: diskwrite };
};

const fell = (before: Sight, now: Sight): boolean =>
  now.uptime < before.uptime || now.sent < before.sent || now.heard < before.heard || (now.read ?? 0) < (before.read ?? 0) || (now.written ?? 0) < (before.written ?? 0);

export const createMotion = (): Motion => {
  const seen = new Map<number, Sight[]>();
  const told = new Map<number, Traffic>();
  return {
    see(entry, nowMs) {
      if (entry.vmid === undefined) return;
      const sight = sightOf(entry, nowMs);
      if (sight === undefined) {
        seen.delete(entry.vmid);
        return;
      }
      const all = seen.get(entry.vmid) ?? [];
      const last = all.at(-1);
      // The same round told again is no stillness.
      if (last !== undefined && last.uptime === sight.uptime) return;
      const kept = last !== undefined && fell(last, sight) ? [] : all.filter((one) => nowMs - one.at <= LONGEST_MS);
      seen.set(entry.vmid, [...kept, sight].slice(-MOST));
    },
    rates(vmid) {
      const all = seen.get(vmid) ?? [];
      const [first, last] = [all[0], all.at(-1)];
      if (first === undefined || last === undefined || last.at - first.at < SHORTEST_MS) return undefined;
      const seconds = Math.max(1, last.uptime - first.uptime);
      const rate = (key: "sent" | "heard" | "read" | "written"): number => ((last[key] ?? 0) - (first[key] ?? 0)) / seconds;
      return { sent: rate("sent"), heard: rate("heard"), read: rate("read"), written: rate("written"), seconds, fromMs: first.at };
    },
    traffic(vmid, nowMs) {
      const [before, last] = (seen.get(vmid) ?? []).slice(-2);
      const drawn = told.get(vmid) ?? {};
      told.delete(vmid);
      if (before === undefined || last === undefined || nowMs - last.at > OLD_MS) return {};
      // By its own uptime: when it was counted, however late it was told.
      const rate = (key: "sent" | "heard" | "read" | "written") => rateOf({ atMs: before.uptime * 1000, total: before[key] }, { atMs: last.uptime * 1000, total: last[key] });
      const now = {
        netInBytesPerSecond: steady(drawn.netInBytesPerSecond, rate("heard")),
        netOutBytesPerSecond: steady(drawn.netOutBytesPerSecond, rate("sent")),
        diskReadBytesPerSecond: steady(drawn.diskReadBytesPerSecond, rate("read")),
        diskWriteBytesPerSecond: steady(drawn.diskWriteBytesPerSecond, rate("written")),
      };
      told.set(vmid, now);
      return now;
    },
    keepOnly(present) {
      for (const known of [seen, told]) for (const vmid of known.keys()) if (!present.has(vmid)) known.delete(vmid);
    },
  };
};
