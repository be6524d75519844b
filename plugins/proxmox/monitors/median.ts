// The middle of some numbers: what most of them agree on, however far one of them runs away. Pure.

/** Of an even count the lower middle, so that it always is one of them; 0 of none. */
export const medianOf = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? 0;
