// The newest publications of one channel, bounded by count, age and size; answers what a returning reader missed.
import type { Publication } from "./publication.ts";

interface RingBounds {
  readonly count: number;
  readonly ageMs: number;
  readonly chars: number;
}

interface Kept {
  readonly atMs: number;
  readonly publication: Publication;
}

/** `start`: the offset after which the ring knows everything. */
export const createRing = (bounds: RingBounds, start: number) => {
  let kept: Kept[] = [];
  let head = 0;
  let chars = 0;
  let newest = start;

  const trim = (nowMs: number): void => {
    for (;;) {
      const oldest = kept[head];
      if (oldest === undefined) break;
      const fits = kept.length - head <= bounds.count && chars <= bounds.chars && nowMs - oldest.atMs <= bounds.ageMs;
      if (fits) break;
      chars -= oldest.publication.dataText.length;
      head += 1;
    }
    if (head < 64 || head < kept.length / 2) return;
    kept = kept.slice(head);
    head = 0;
  };

  const add = (publication: Publication, nowMs: number): void => {
    kept.push({ atMs: nowMs, publication });
    chars += publication.dataText.length;
    newest = publication.offset;
    trim(nowMs);
  };

  /** Everything after `offset`, oldest first; undefined when some of it is gone or was never. */
  const after = (offset: number, nowMs: number): Publication[] | undefined => {
    trim(nowMs);
    if (offset > newest) return undefined;
    const held = kept.length - head;
    const missed = newest - offset;
    if (missed > held) return undefined;
    return kept.slice(kept.length - missed).map(({ publication }) => publication);
  };

  const latest = (count: number, nowMs: number): Publication[] => {
    trim(nowMs);
    return kept.slice(Math.max(head, kept.length - count)).map(({ publication }) => publication);
  };

  return { add, after, latest };
};
