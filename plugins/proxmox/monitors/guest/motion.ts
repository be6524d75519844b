// Whether a guest moves: what its counters of network and disk did over the last minute. A counter that fell (a start, another node) begins anew; too short a look says nothing.
import type { Entry } from "../../shapes/resources.ts";

/** A look shorter than this proves nothing. */
const SHORTEST_MS = 45_000;
const LONGEST_MS = 75_000;
const MOST = 12;

interface Sight {
  at: number;
  uptime: number;
  sent: number;
  heard: number;
  read: number;
  written: number;
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
  keepOnly(present: ReadonlySet<number>): void;
}

const sightOf = ({ uptime, netin, netout, diskread, diskwrite }: Entry, at: number): Sight | undefined => {
  if (uptime === undefined || uptime <= 0 || netin === undefined || netout === undefined) return undefined;
  return { at, uptime, sent: netout, heard: netin, read: diskread ?? 0, written: diskwrite ?? 0 };
};

const fell = (before: Sight, now: Sight): boolean =>
  now.uptime < before.uptime || now.sent < before.sent || now.heard < before.heard || now.read < before.read || now.written < before.written;

export const createMotion = (): Motion => {
  const seen = new Map<number, Sight[]>();
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
      const rate = (key: "sent" | "heard" | "read" | "written"): number => (last[key] - first[key]) / seconds;
      return { sent: rate("sent"), heard: rate("heard"), read: rate("read"), written: rate("written"), seconds, fromMs: first.at };
    },
    keepOnly(present) {
      for (const vmid of seen.keys()) if (!present.has(vmid)) seen.delete(vmid);
    },
  };
};
