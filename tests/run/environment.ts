// The environment every test process gets: this machine's, without the owner's own JARVIS_* settings. Pure but for reading it.

interface Options {
  readonly seed: string;
  readonly full: boolean;
}

export const testEnvironment = ({ seed, full }: Options): Record<string, string | undefined> => {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("JARVIS_"));
  return { ...Object.fromEntries(kept), NODE_ENV: "test", JARVIS_TEST_SEED: seed, ...(full ? { JARVIS_TEST_FULL: "1" } : {}) };
};

export const isCi = (): boolean => Boolean(process.env.CI);
