// A core started by hand for tests of how it starts or refuses to: its exit code and words. For tests only.
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");
const MOST_MS = 20_000;

export interface Place {
  /** $JARVIS_DATA. */
  readonly data: string;
  readonly config: string;
  readonly env?: Record<string, string | undefined>;
}

const own = (): Record<string, string | undefined> => Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("JARVIS_")));

export const spawnCore = ({ data, config, env = {} }: Place) =>
  Bun.spawn([process.execPath, join(root, "core/cli/main.ts"), "start"], {
    cwd: data,
    env: { ...own(), JARVIS_DATA: data, JARVIS_CONFIG: config, JARVIS_PORT: "0", JARVIS_PERSONAS: join(root, "personas"), JARVIS_MEMORY: join(root, "memory"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });

/** Runs a core that is expected to end by itself; one that does not is ended after 20 s with exit 143. */
export const runToEnd = async (place: Place): Promise<{ code: number; words: string }> => {
  const child = spawnCore(place);
  const tooLong = setTimeout(() => child.kill("SIGTERM"), MOST_MS);
  const [words] = await Promise.all([new Response(child.stderr).text(), new Response(child.stdout).text(), child.exited]);
  clearTimeout(tooLong);
  return { code: child.exitCode ?? -1, words };
};
