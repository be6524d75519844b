// What nearly all faults are: a state that begins when broken and ends when healed, leaving everything as it was. Broken twice, the first is undone before the second begins.
import type { Fault } from "./fault.ts";

export type Undo = () => void;
export type Args = Readonly<Record<string, string>>;

interface LevelOrder extends Pick<Fault, "name" | "targetKind" | "what" | "targets"> {
  /** Breaks the target and answers the way back. */
  apply(target: string, args: Args): Undo;
  /** Whether it still is so, when something else than healing can end it. */
  still?(target: string): boolean;
}

export function level({ apply, still, ...about }: LevelOrder): Fault {
  const undos = new Map<string, Undo>();
  return {
    ...about,
    break(target, args) {
      undos.get(target)?.();
      undos.set(target, apply(target, args));
    },
    ...(still ? { stands: (target: string) => undos.has(target) && still(target) } : {}),
    heal(target) {
      for (const [one, undo] of [...undos]) {
        if (target !== undefined && one !== target) continue;
        undos.delete(one);
        undo();
      }
    },
  };
}

/** Undoes the last first. */
export const all =
  (...undos: readonly Undo[]): Undo =>
  () => {
    for (const undo of [...undos].reverse()) undo();
  };

/** Sets fields and answers the way back; what somebody else changed meanwhile stays theirs. */
export function swap<T extends object>(owner: T, fields: Partial<T>): Undo {
  const before = { ...owner };
  Object.assign(owner, fields);
  return () => {
    for (const key in fields) {
      if (!Object.is(owner[key], fields[key])) continue;
      if (key in before) owner[key] = before[key];
      else delete owner[key];
    }
  };
}

/** A number out of `key=value` words, within bounds; the fallback when it is none. */
export function amount(text: string | undefined, fallback: number, low: number, high: number): number {
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) ? fallback : Math.min(high, Math.max(low, value));
}
