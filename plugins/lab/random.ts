// Seeded randomness: the same seed and label give the same numbers on every machine. It is not for secrets (keep.ts makes those).

export interface Random {
  /** 0 <= x < 1. */
  next(): number;
  between(low: number, high: number): number;
  whole(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
  hex(digits: number): string;
}

/** FNV-1a over the text, as an unsigned 32-bit number. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/** A stream of numbers (mulberry32) of its own for each label. */
export function randomOf(seed: number, label: string): Random {
  let state = hash(`${seed}/${label}`);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number): number => low + (high - low) * next();
  const whole = (low: number, high: number): number => Math.floor(between(low, high + 1));
  const pick = <T>(list: readonly T[]): T => {
    const chosen = list[Math.floor(next() * list.length)];
    if (chosen === undefined) throw new RangeError("nothing to pick from");
    return chosen;
  };
  const hex = (digits: number): string => Array.from({ length: digits }, () => whole(0, 15).toString(16)).join("");
  return { next, between, whole, pick, hex };
}

/** A steady number 0..1 for a label, without a stream. */
export const steady = (seed: number, label: string): number => hash(`${seed}:${label}`) / 4_294_967_296;
