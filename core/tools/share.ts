// The unhealthy share of reliability F3: when too much of one kind is unhealthy at once the cause lies elsewhere, and Jarvis only watches until it has been below for ten minutes.
import type { Clock } from "../lib/clock.ts";

const LEAST = 2;
const SHARE = 0.4;
export const CALM_MS = 600_000;

export interface Group {
  readonly unhealthy: number;
  readonly of: number;
}

/** A group as it is now; `aboveMs`: when it was last too much, within the last ten minutes. */
export interface Health extends Group {
  readonly aboveMs?: number | undefined;
}

export const isTooMuch = ({ unhealthy, of }: Group): boolean => unhealthy > Math.max(LEAST, SHARE * of);

interface Options {
  clock: Pick<Clock, "now">;
  /** By kind: node, guest, container ... */
  groups: () => Readonly<Record<string, Group>>;
  /** Kinds that were too much when the last run ended: how long ago is not certain, so their ten minutes begin now. */
  before: readonly string[];
  /** Told when the kinds change that are being waited for. */
  keep: (kinds: readonly string[]) => void;
}

export const createShare = ({ clock, groups, before, keep }: Options) => {
  const above = new Map<string, number>(before.map((kind) => [kind, clock.now()]));
  let kept = [...above.keys()].sort().join();

  /** To be called whenever something becomes unhealthy or well. */
  const look = (): Readonly<Record<string, Group>> => {
    const nowMs = clock.now();
    const now = groups();
    for (const [kind, group] of Object.entries(now)) if (isTooMuch(group)) above.set(kind, nowMs);
    for (const [kind, atMs] of above) if (nowMs - atMs >= CALM_MS) above.delete(kind);
    const kinds = [...above.keys()].sort();
    if (kinds.join() !== kept) {
      kept = kinds.join();
      keep(kinds);
    }
    return now;
  };

  /** `target`: a resource id, whose kind is its group. */
  const of = (target: string): Health => {
    const kind = target.split("/")[0] ?? "";
    const group = look()[kind] ?? { unhealthy: 0, of: 0 };
    return { ...group, aboveMs: above.get(kind) };
  };

  return { look, of };
};
