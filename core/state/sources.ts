// How each plugin's sources stand: ok, stale, down; since when and why. What the status line and the chat say about sight.
import { byText } from "../contract/order.ts";
import type { Clock } from "../lib/clock.ts";

/** The outcome of one attempt to read a channel. */
export interface Source {
  channel: string;
  plugin: string;
  ok: boolean;
  words: string;
  /** Of a good reading: what is to be known of the source all the same; null when there is nothing any more, absent from who never has anything. */
  remark?: { words: string; over: string } | null;
}

export interface Standing {
  plugin: string;
  state: "ok" | "stale" | "down";
  since: string;
  words: string;
}

/** So many channels are named: the reason behind them is what is to be read. */
const MOST_NAMED = 3;
const named = (channels: readonly string[]): string => {
  const more = channels.length - MOST_NAMED;
  return `${channels.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

/** What most of them say, the first where it is a draw: one root is behind many. */
const mostSaid = (all: readonly string[]): string => {
  const counts = Map.groupBy(all, (words) => words);
  return [...counts].reduce<readonly [string, number]>((best, [words, { length }]) => (length > best[1] ? [words, length] : best), ["", 0])[0];
};

export const createSources = (clock: Clock) => {
  const channels = new Map<string, Source & { everOk: boolean }>();
  const standings = new Map<string, Standing>();
  const listeners = new Set<() => void>();

  const decide = (plugin: string): Pick<Standing, "state" | "words"> => {
    const own = [...channels.values()].filter((source) => source.plugin === plugin);
    const bad = own.filter((source) => !source.ok);
    if (bad.length === 0) return { state: "ok", words: own.find(({ remark }) => remark)?.remark?.words ?? "fresh" };
    const words = mostSaid(bad.map((source) => source.words));
    return bad.length === own.length ? { state: "down", words } : { state: "stale", words: `${named(bad.map((source) => source.channel))}: ${words}` };
  };

  return {
    tell(source: Source): void {
      channels.set(source.channel, { ...source, everOk: source.ok || (channels.get(source.channel)?.everOk ?? false) });
      const before = standings.get(source.plugin);
      const now = decide(source.plugin);
      if (before && before.state === now.state && before.words === now.words) return;
      standings.set(source.plugin, { plugin: source.plugin, ...now, since: before?.state === now.state ? before.since : clock.iso() });
      for (const listener of listeners) listener();
    },
    forget(channel: string): void {
      const plugin = channels.get(channel)?.plugin;
      channels.delete(channel);
      if (plugin && ![...channels.values()].some((source) => source.plugin === plugin)) standings.delete(plugin);
    },
    list: (): Standing[] => [...standings.values()].sort((a, b) => byText(a.plugin, b.plugin)),
    on(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

export type Sources = ReturnType<typeof createSources>;
