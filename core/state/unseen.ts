// What could not be seen, and for how long: sources that did not answer, and the time in which Jarvis was not running. Kept over restarts, bounded; tells nobody.
import { z } from "zod";
import type { Clock } from "../lib/clock.ts";
import type { Kept } from "../store/kept.ts";

const KEY = "unseen";
const MOST_KEPT = 300;
const LONGEST_WHAT = 200;
/** Shorter than this is a restart or a slow answer, not a gap. */
const LEAST_MS = 60_000;

const Gap = z.object({ what: z.string(), fromMs: z.number(), toMs: z.number().optional() });
type Gap = z.infer<typeof Gap>;

/** `seenMs`: when something was last seen before this start, epoch ms. */
export const createUnseen = ({ clock, kept, seenMs }: { clock: Clock; kept: Kept; seenMs: number | undefined }) => {
  const startMs = clock.now();
  const before = kept.get(KEY, z.array(Gap)) ?? [];
  const away = seenMs !== undefined && startMs - seenMs >= LEAST_MS ? [{ what: "the whole house (Jarvis was not running)", fromMs: seenMs, toMs: startMs }] : [];
  // What was away when Jarvis ended is from then on part of the time it was not running; if it still is away, that begins anew.
  let gaps: Gap[] = [...before.map((gap) => ({ ...gap, toMs: gap.toMs ?? Math.max(gap.fromMs, Math.min(seenMs ?? startMs, startMs)) })), ...away];
  const save = (): void => {
    gaps = gaps.slice(-MOST_KEPT);
    kept.remember(KEY, gaps);
  };
  if (away.length > 0 || before.some(({ toMs }) => toMs === undefined)) save();

  return {
    /** A source stopped answering. Call the answer when it is over, with all that was away by then. */
    lost(what: string, fromMs: number): (all: string) => void {
      const gap: Gap = { what: what.slice(0, LONGEST_WHAT), fromMs };
      gaps.push(gap);
      save();
      return (all) => {
        gap.what = all.slice(0, LONGEST_WHAT);
        gap.toMs = clock.now();
        // One that comes and goes in seconds must not drive out the hours of another.
        if (gap.toMs - gap.fromMs < LEAST_MS) gaps = gaps.filter((one) => one !== gap);
        save();
      };
    },
    /** Oldest first; those that reach into the span and lasted long enough to matter. */
    between: (fromMs: number, toMs: number): Gap[] =>
      gaps.filter((gap) => gap.fromMs < toMs && (gap.toMs ?? clock.now()) > fromMs && (gap.toMs ?? clock.now()) - gap.fromMs >= LEAST_MS).map((gap) => ({ ...gap })),
  };
};

export type UnseenGaps = ReturnType<typeof createUnseen>;
