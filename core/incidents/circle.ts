// Fix A breaks B, fix B breaks A: seen from the journal and the incidents, before another round is made. Pure: no I/O, no clock.

/** An act that was made for an incident. `foundMs`: when that incident was. */
export interface Deed {
  readonly target: string;
  readonly foundMs: number;
  readonly atMs: number;
  readonly endMs: number;
}

/** What fails so soon after an act may be its doing. */
const AFTER_MS = 120_000;
const WINDOW_MS = 3_600_000;
const MOST_STEPS = 50;

/** The last act on something else that this fault came right after. */
const cameAfter = ({ target, foundMs }: Pick<Deed, "target" | "foundMs">, deeds: readonly Deed[]): Deed | undefined =>
  deeds.filter((deed) => deed.target !== target && deed.atMs <= foundMs && foundMs <= deed.endMs + AFTER_MS).sort((a, b) => b.atMs - a.atMs)[0];

/**
 * `next`: what would be mended now. Answers the targets of the round, this one first, when it has been gone through once whole and the step that leads here was made twice:
 * one coincidence is none.
 */
export const circleOf = (next: Pick<Deed, "target" | "foundMs">, deeds: readonly Deed[], nowMs: number): string[] | undefined => {
  const recent = deeds.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
  const first = cameAfter(next, recent);
  if (first === undefined) return undefined;
  const way = [next.target, first.target];
  let deed = first;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const earlier = cameAfter(deed, recent);
    if (earlier === undefined) return undefined;
    // Round once: did the same act stand before it then, too?
    if (earlier.target === next.target) return cameAfter(earlier, recent)?.target === first.target ? way : undefined;
    way.push(earlier.target);
    deed = earlier;
  }
  return undefined;
};
