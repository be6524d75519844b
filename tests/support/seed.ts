// One seed for everything a test draws: printed once a file, repeated with JARVIS_TEST_SEED. For tests only.

export const full = process.env.JARVIS_TEST_FULL === "1";
export const seed = Number(process.env.JARVIS_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** mulberry32 */
export const randomOf = (what: string): (() => number) => {
  console.log(`${what}: seed ${seed} (JARVIS_TEST_SEED repeats it)`);
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const shuffled = <T>(list: readonly T[], random: () => number): T[] =>
  list
    .map((entry) => ({ entry, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ entry }) => entry);
