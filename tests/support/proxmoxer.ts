// A client nobody here wrote: proxmoxer from PyPI, pinned, in a virtual environment of its own that is made once and kept beside the packages. Undefined where there is no Python or no way to get it.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PINS = ["proxmoxer==2.2.0", "requests==2.32.5"];
const home = join(import.meta.dir, "../../node_modules/.cache/jarvis-proxmoxer");
const python = join(home, "bin/python");
const mark = join(home, `made-${PINS.join("-").replaceAll("==", "-")}`);

async function run(command: string[]): Promise<boolean> {
  const child = Bun.spawn(command, { stdout: "ignore", stderr: "ignore", stdin: "ignore" });
  return (await child.exited) === 0;
}

/** The interpreter that has proxmoxer, or undefined with nothing left behind. */
export async function proxmoxerPython(): Promise<string | undefined> {
  if (existsSync(mark)) return python;
  if (!Bun.which("python3")) return undefined;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const made = (await run(["python3", "-m", "venv", home])) && (await run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...PINS]));
  if (!made) {
    rmSync(home, { recursive: true, force: true });
    return undefined;
  }
  writeFileSync(mark, "");
  return python;
}
