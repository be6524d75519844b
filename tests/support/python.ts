// Packages of PyPI, pinned, in a virtual environment of their own that is made once and kept beside the packages. Undefined where there is no Python or no way to get them.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const cache = join(import.meta.dir, "../../node_modules/.cache");

const run = async (command: string[], env: Record<string, string> = {}): Promise<boolean> => {
  const child = Bun.spawn(command, { stdout: "ignore", stderr: "ignore", stdin: "ignore", env: { ...process.env, ...env } });
  return (await child.exited) === 0;
};

const homeOf = (name: string): string => join(cache, `jarvis-${name}`);
const markOf = (name: string, pins: readonly string[]): string => join(homeOf(name), `made-${pins.join("-").replaceAll("==", "-")}`);

/** Whether they were brought before. */
export const hasPythonWith = (name: string, pins: readonly string[]): boolean => existsSync(markOf(name, pins));

/** The folder of programs that has them, or undefined with nothing left behind. `env`: for what is built from its source. */
export const pythonWith = async (name: string, pins: readonly string[], env: Record<string, string> = {}): Promise<string | undefined> => {
  const home = homeOf(name);
  const bin = join(home, "bin");
  const mark = markOf(name, pins);
  if (existsSync(mark)) return bin;
  if (!Bun.which("python3")) return undefined;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const pip = [join(bin, "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...pins];
  const made = (await run(["python3", "-m", "venv", home])) && (await run(pip, env));
  if (!made) {
    rmSync(home, { recursive: true, force: true });
    return undefined;
  }
  writeFileSync(mark, "");
  return bin;
};
