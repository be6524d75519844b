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
      undos.delete(target);
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

interface Slot {
  has(): boolean;
  read(): unknown;
  write(value: unknown): void;
  clear(): void;
}

interface Stack {
  base: { has: boolean; value: unknown };
  layers: { value: unknown }[];
}

const stacks = new WeakMap<object, Map<unknown, Stack>>();

/** Lays a value over what is there. Taken off in any order, the last one left gives back what was; what somebody else wrote meanwhile stays theirs. */
function lay(owner: object, key: unknown, value: unknown, slot: Slot): Undo {
  const mine = stacks.get(owner) ?? new Map<unknown, Stack>();
  stacks.set(owner, mine);
  const stack = mine.get(key) ?? { base: { has: slot.has(), value: slot.read() }, layers: [] };
  mine.set(key, stack);
  const layer = { value };
  stack.layers.push(layer);
  slot.write(value);
  return () => {
    const at = stack.layers.indexOf(layer);
    if (at < 0) return;
    const wasTop = at === stack.layers.length - 1;
    stack.layers.splice(at, 1);
    const top = stack.layers.at(-1);
    if (!top) mine.delete(key);
    if (!wasTop || !Object.is(slot.read(), value)) return;
    if (top) slot.write(top.value);
    else if (stack.base.has) slot.write(stack.base.value);
    else slot.clear();
  };
}

/** Sets fields and answers the way back. */
export function swap<T extends object>(owner: T, fields: Partial<T>): Undo {
  const undos = Object.entries(fields).map(([key, value]) =>
    lay(owner, key, value, {
      has: () => Object.hasOwn(owner, key),
      read: () => Reflect.get(owner, key),
      write: (next) => void Reflect.set(owner, key, next),
      clear: () => void Reflect.deleteProperty(owner, key),
    }),
  );
  return all(...undos);
}

/** The same for a number in a map. */
export const swapEntry = (map: Map<string, number>, key: string, value: number): Undo =>
  lay(map, key, value, {
    has: () => map.has(key),
    read: () => map.get(key),
    write: (next) => void (typeof next === "number" && map.set(key, next)),
    clear: () => void map.delete(key),
  });

/** A number out of `key=value` words, within bounds; the fallback when it is none. */
export function amount(text: string | undefined, fallback: number, low: number, high: number): number {
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) ? fallback : Math.min(high, Math.max(low, value));
}
