// Runs one process to its end within a deadline and keeps what it said. Kills the whole process group when the time is up.

export interface Ended {
  readonly code: number;
  readonly words: string;
  readonly seconds: number;
}

interface Job {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly deadlineSeconds: number;
}

const MOST_WORDS = 60_000;
const running = new Set<number>();

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It was gone already.
  }
};

/** For an interrupted run: nothing this runner started stays behind. */
export const killAll = (): void => {
  for (const pid of running) killGroup(pid);
};

export const runToEnd = async ({ command, cwd, env, deadlineSeconds }: Job): Promise<Ended> => {
  const begun = performance.now();
  const child = Bun.spawn([...command], { cwd, env: { ...env }, stdin: "ignore", stdout: "pipe", stderr: "pipe", detached: true });
  running.add(child.pid);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    killGroup(child.pid);
  }, deadlineSeconds * 1000);
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  clearTimeout(timer);
  running.delete(child.pid);
  const said = `${out}${err}`;
  const words = said.length > MOST_WORDS ? `${said.slice(0, MOST_WORDS / 2)}\n ... ${said.length - MOST_WORDS} characters left out ...\n${said.slice(-MOST_WORDS / 2)}` : said;
  return { code: late ? 124 : code, words: late ? `${words}\nit took longer than ${deadlineSeconds} s and was ended` : words, seconds: (performance.now() - begun) / 1000 };
};
