// Makes each tier's chunks from the finer one's once their time is over, and forgets what is too old: piece by piece, so that nobody waits for it. What was missed while Jarvis was off is made up for.
import { z } from "zod";
import type { Kept } from "../kept.ts";
import type { OpenDatabase } from "../open.ts";
import { type Chunks, tierAt } from "./chunks.ts";
import type { Names } from "./names.ts";
import type { Samples } from "./samples.ts";
import { coarser, emptySlots, gathered, lay, type Slots } from "./slots.ts";
import { floorTo, HISTORY_MINUTES, TIERS } from "./tiers.ts";

/** Series written in one transaction. */
const AT_ONCE = 40;
/** A reading may be written a moment after its time. */
const GRACE_MS = 5000;
const LONGEST_KEPT_MS = Math.max(...TIERS.map(({ keepMs }) => keepMs));
const MARKS_KEY = "history.marks";
/** By tier: up to when its chunks are made. */
const Marks = z.array(z.number()).length(TIERS.length);

interface Parts {
  db: OpenDatabase;
  kept: Kept;
  samples: Samples;
  names: Names;
  chunks: Chunks;
  /** A stretch that could not be made; it stays a gap. */
  failed: (words: string) => void;
}

export const createRoll = ({ db, kept, samples, names, chunks, failed }: Parts) => {
  let marks: number[] | undefined = kept.get(MARKS_KEY, Marks);
  /** Nothing is older than the first reading. */
  const fresh = (nowMs: number): number[] => {
    const firstMs = Math.min(nowMs, samples.oldest(0) ?? nowMs);
    return TIERS.map(({ chunkMs }) => floorTo(firstMs, chunkMs));
  };
  const mark = (tier: number, nowMs: number): number => {
    // After a jump of the clock back no mark may lie ahead.
    marks = (marks ?? fresh(nowMs)).map((ms, index) => (ms > nowMs + tierAt(index).chunkMs ? floorTo(nowMs, tierAt(index).chunkMs) : ms));
    return marks[tier] ?? nowMs;
  };
  const advance = (tier: number, toMs: number): void => {
    marks = (marks ?? fresh(toMs)).map((ms, index) => (index === tier ? toMs : ms));
    kept.set(MARKS_KEY, marks);
  };

  /** Writes chunk by chunk; between two pieces others have their turn. */
  function* write(tier: number, made: readonly (readonly [series: number, slots: Slots])[]): Generator<void> {
    for (let at = 0; at < made.length; at += AT_ONCE) {
      db.database.transaction(() => {
        for (const [series, slots] of made.slice(at, at + AT_ONCE)) chunks.put(tier, series, slots, true);
      });
      yield;
    }
  }

  function* fromSamples(startMs: number, nowMs: number): Generator<void> {
    for (const group of samples.groups(startMs, startMs + tierAt(0).chunkMs)) yield* fromGroup(group, startMs, nowMs);
  }

  function* fromGroup(group: string, startMs: number, nowMs: number): Generator<void> {
    const { stepMs, chunkMs } = tierAt(0);
    const points = new Map<string, [number, number][]>();
    for (let after = 0; ; ) {
      const page = samples.page(group, after, startMs, startMs + chunkMs);
      for (const { atMs, values } of page)
        for (const [name, value] of values) {
          const own = points.get(name);
          if (own) own.push([atMs, value]);
          else points.set(name, [[atMs, value]]);
        }
      const last = page.at(-1);
      if (!last) break;
      after = last.id;
      yield;
    }
    const all = [...points.keys()];
    for (let at = 0; at < all.length; at += AT_ONCE) {
      const own = all.slice(at, at + AT_ONCE);
      const ids = names.idsOf(own, nowMs);
      yield* write(
        0,
        own.flatMap((name) => {
          const id = ids.get(name);
          return id === undefined ? [] : [[id, gathered(points.get(name) ?? [], startMs, stepMs, chunkMs / stepMs)] as const];
        }),
      );
    }
  }

  function* fromFiner(tier: number, startMs: number): Generator<void> {
    const [{ stepMs, chunkMs }, finer] = [tierAt(tier), tierAt(tier - 1)];
    const highest = names.highest();
    for (let after = 0; after < highest; after += AT_ONCE) {
      const made = new Map<number, Slots>();
      for (let at = startMs; at < startMs + chunkMs; at += finer.chunkMs)
        for (const { series, slots } of chunks.page(tier - 1, at, after, after + AT_ONCE)) {
          const whole = made.get(series) ?? emptySlots(startMs, stepMs, chunkMs / stepMs);
          lay(whole, coarser(slots, startMs, stepMs, chunkMs / stepMs), true);
          made.set(series, whole);
        }
      yield;
      yield* write(tier, [...made]);
    }
  }

  /** The next chunk of a tier whose time is over and of which anything is known. */
  const due = (tier: number, nowMs: number): number | undefined => {
    const from = mark(tier, nowMs);
    const { chunkMs } = tierAt(tier);
    const ready = tier === 0 ? nowMs - GRACE_MS : mark(tier - 1, nowMs);
    const first = (tier === 0 ? samples.oldest(from) : chunks.oldest(tier - 1, from)) ?? ready;
    const startMs = floorTo(Math.min(first, ready), chunkMs);
    // Of what lies between nothing is known: it needs no chunk, and who waits for it waits no longer.
    if (startMs > from) advance(tier, startMs);
    return startMs + chunkMs > ready ? undefined : startMs;
  };

  function* makeAll(tier: number, nowMs: number): Generator<void> {
    for (let startMs = due(tier, nowMs); startMs !== undefined; startMs = due(tier, nowMs)) {
      try {
        yield* tier === 0 ? fromSamples(startMs, nowMs) : fromFiner(tier, startMs);
      } catch (thrown) {
        failed(`${tierAt(tier).stepMs / 1000} s figures from ${new Date(startMs).toISOString()} on: ${String(thrown)}`);
      }
      advance(tier, startMs + tierAt(tier).chunkMs);
      yield;
    }
  }

  function* forget(nowMs: number): Generator<void> {
    while (samples.forget(Math.min(nowMs - HISTORY_MINUTES * 60_000, mark(0, nowMs)))) yield;
    for (const [tier, { keepMs, chunkMs }] of TIERS.entries()) while (chunks.forget(tier, floorTo(nowMs - keepMs, chunkMs))) yield;
    while (names.forget(nowMs - LONGEST_KEPT_MS)) yield;
  }

  return {
    /** All that is due now, in pieces of a few ms each. */
    *work(nowMs: number): Generator<void> {
      for (const tier of TIERS.keys()) yield* makeAll(tier, nowMs);
      yield* forget(nowMs);
    },
    /** From when on the chunks of a tier are not made yet. */
    mark,
  };
};

export type Roll = ReturnType<typeof createRoll>;
