// One log line when a source goes down and one when it is back, however many channels it feeds: what fails together is told together. Only tells.
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Source } from "./sources.ts";

/** Channels of one plugin that fail within this of the first one have the same cause: a few ticks and deadlines. */
const TOGETHER_MS = 60_000;

interface Outage {
  readonly plugin: string;
  readonly sinceMs: number;
  readonly channels: Set<string>;
}

export const createOutages = (clock: Clock, log: Log) => {
  const open = new Map<string, Outage>();

  const down = ({ channel, plugin, words }: Source): void => {
    const nowMs = clock.now();
    const same = [...open.values()].find((outage) => outage.plugin === plugin && nowMs - outage.sinceMs < TOGETHER_MS);
    const outage = same ?? { plugin, sinceMs: nowMs, channels: new Set() };
    outage.channels.add(channel);
    open.set(channel, outage);
    if (!same) log("warn", `${channel} cannot be read: ${words}`);
  };

  const up = (channel: string, outage: Outage): void => {
    open.delete(channel);
    outage.channels.delete(channel);
    if (outage.channels.size === 0) log("info", `${outage.plugin} answers again`, { afterSeconds: Math.round((clock.now() - outage.sinceMs) / 1000) });
  };

  return {
    /** The outcome of one attempt to read a channel. */
    tell(source: Source): void {
      const outage = open.get(source.channel);
      if (!source.ok && !outage) down(source);
      if (source.ok && outage) up(source.channel, outage);
    },
    forget(channel: string): void {
      open.get(channel)?.channels.delete(channel);
      open.delete(channel);
    },
  };
};
