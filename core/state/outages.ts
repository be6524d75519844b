// One log line and one notice when a source goes down and one of each when it is back, however many channels it feeds: what fails together is told together. And what a source has to be said of while it is read well. Only tells.
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Source } from "./sources.ts";

/** Channels of one plugin that fail within this of the first one have the same cause: a few ticks and deadlines. */
const TOGETHER_MS = 60_000;
/** A source that comes and goes more often than this is noticed only when it stays away as long as TOGETHER_MS. */
const NOTICES_AN_HOUR = 3;
const HOUR_MS = 3_600_000;

interface Outage {
  readonly plugin: string;
  readonly sinceMs: number;
  /** Those still away. */
  readonly channels: Set<string>;
  /** Those that were away at all. */
  readonly touched: Set<string>;
  noticed: boolean;
  /** Ends the record of it. */
  readonly over: (all: string) => void;
}

const clockTime = (ms: number): string => `${new Date(ms).toISOString().slice(11, 19)} UTC`;

const span = (ms: number): string => {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} second${seconds === 1 ? "" : "s"}`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
};

const goneWords = (channel: string, outage: Outage, why: string): string =>
  `I have lost sight of ${channel} since ${clockTime(outage.sinceMs)}: ${why.replace(/[.\s]+$/, "")}. What I show of ${outage.plugin} is what I saw last; until it answers I find no new faults there, begin no repair and call nothing fixed.`;

/** More names than a person reads are told by their number. */
const MOST_NAMED = 3;
const whatOf = ({ touched }: Outage): string => (touched.size > MOST_NAMED ? `all ${touched.size} parts I had lost` : [...touched].sort().join(", "));

const backWords = (outage: Outage, nowMs: number): string =>
  `I see ${outage.plugin} again (${whatOf(outage)}), after ${span(nowMs - outage.sinceMs)} without sight since ${clockTime(outage.sinceMs)}. What happened meanwhile is being looked at now.`;

type Lost = (what: string, fromMs: number) => (all: string) => void;

/** `notice`: takes the words a person is to read. `lost`: keeps what was away and how long. */
export const createOutages = (clock: Clock, log: Log, notice: (words: string) => void, lost: Lost = () => () => undefined) => {
  const open = new Map<string, Outage>();
  const noticedAt = new Map<string, number[]>();
  /** By channel: what is to be said when a remark is over. */
  const remarks = new Map<string, string>();

  const announce = (channel: string, outage: Outage, why: string): void => {
    outage.noticed = true;
    noticedAt.set(outage.plugin, [...(noticedAt.get(outage.plugin) ?? []).slice(1 - NOTICES_AN_HOUR), clock.now()]);
    notice(goneWords(channel, outage, why));
  };

  const restless = (plugin: string): boolean => {
    const lately = (noticedAt.get(plugin) ?? []).filter((atMs) => clock.now() - atMs < HOUR_MS);
    return lately.length >= NOTICES_AN_HOUR;
  };

  const down = ({ channel, plugin, words }: Source): void => {
    const nowMs = clock.now();
    // What is read seldom fails late: where several are away already, it is the source, and this is no other loss.
    const same = [...open.values()].find((outage) => outage.plugin === plugin && (nowMs - outage.sinceMs < TOGETHER_MS || outage.channels.size > 1));
    const outage: Outage = same ?? { plugin, sinceMs: nowMs, channels: new Set(), touched: new Set(), noticed: false, over: lost(`${plugin} (${channel})`, nowMs) };
    outage.channels.add(channel);
    outage.touched.add(channel);
    open.set(channel, outage);
    if (same) return;
    log("warn", `${channel} cannot be read: ${words}`);
    if (!restless(plugin)) announce(channel, outage, words);
  };

  /** Whether this was the last that was away. */
  const close = (channel: string, outage: Outage): boolean => {
    open.delete(channel);
    outage.channels.delete(channel);
    if (outage.channels.size > 0) return false;
    outage.over(`${outage.plugin} (${[...outage.touched].sort().join(", ")})`);
    return true;
  };

  const up = (channel: string, outage: Outage): void => {
    if (!close(channel, outage)) return;
    log("info", `${outage.plugin} answers again`, { afterSeconds: Math.round((clock.now() - outage.sinceMs) / 1000) });
    if (outage.noticed) notice(backWords(outage, clock.now()));
  };

  /** Told once, however long it lasts and whatever its words become. */
  const remarked = ({ channel, remark }: Source): void => {
    const known = remarks.get(channel);
    if (remark) {
      remarks.set(channel, remark.over);
      if (known === undefined) notice(remark.words);
    } else if (remark === null && known !== undefined) {
      remarks.delete(channel);
      notice(known);
    }
  };

  return {
    /** The outcome of one attempt to read a channel. */
    tell(source: Source): void {
      remarked(source);
      const outage = open.get(source.channel);
      if (source.ok && outage) up(source.channel, outage);
      if (source.ok) return;
      if (!outage) down(source);
      else if (!outage.noticed && clock.now() - outage.sinceMs >= TOGETHER_MS) announce(source.channel, outage, source.words);
    },
    forget(channel: string): void {
      const outage = open.get(channel);
      if (outage) close(channel, outage);
      remarks.delete(channel);
    },
  };
};
