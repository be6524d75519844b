// The environment every test process gets: this machine's, without the owner's own JARVIS_* settings. Pure but for reading it.

/** How many deaths of this file's thousands, when its full run is taken in parts. */
const PART = "JARVIS_KILLS";
const TAKEN_IN_PARTS = "tests/faults/kill-anywhere.test.ts";

/** What an outcome is kept as: each part of a full run beside the others. */
export const partName = (name: string, seed: string): string => (name === TAKEN_IN_PARTS && process.env[PART] ? `${name} (${PART}=${process.env[PART]}, seed ${seed})` : name);

interface Options {
  readonly seed: string;
  readonly full: boolean;
}

export const testEnvironment = ({ seed, full }: Options): Record<string, string | undefined> => {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("JARVIS_") || name === PART);
  return { ...Object.fromEntries(kept), NODE_ENV: "test", JARVIS_TEST_SEED: seed, ...(full ? { JARVIS_TEST_FULL: "1" } : {}) };
};

export const isCi = (): boolean => Boolean(process.env.CI);
