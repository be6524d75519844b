// The system calls of a running process, as strace (Debian's) tells them: syncs, writes and sends with their times. For tests only.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const INSTALL_MS = 120_000;
const LONGEST_TEXT = 9000;

export interface SystemCall {
  readonly name: string;
  /** Epoch ms, with a fraction, at which it began and returned. */
  readonly beganMs: number;
  readonly endedMs: number;
  /** Its arguments as strace prints them, file names included. */
  readonly words: string;
}

const LINE = /^(\d+) +(\d+\.\d+) (.*)$/s;
const WHOLE = /^(\w+)\((.*)\) += (?:-?\d+|\?).*<(\d+\.\d+)>$/s;
const BEGUN = /^(\w+)\((.*) <unfinished \.\.\.>$/s;
const RESUMED = /^<\.\.\. (\w+) resumed>.* = .*<\d+\.\d+>$/s;

/** In the order of their returns within one thread. What was still under way at the end is left out. */
export const parseTrace = (text: string): SystemCall[] => {
  const found: SystemCall[] = [];
  const begun = new Map<string, { words: string; beganMs: number }>();
  for (const line of text.split("\n")) {
    const [, thread = "", seconds = "", rest = ""] = LINE.exec(line) ?? [];
    const atMs = Number(seconds) * 1000;
    const [, name, words = "", took] = WHOLE.exec(rest) ?? [];
    if (name !== undefined) found.push({ name, words, beganMs: atMs, endedMs: atMs + Number(took) * 1000 });
    const [, started, some = ""] = BEGUN.exec(rest) ?? [];
    if (started !== undefined) begun.set(`${thread} ${started}`, { words: some, beganMs: atMs });
    const [, resumed] = RESUMED.exec(rest) ?? [];
    const before = begun.get(`${thread} ${resumed}`);
    if (resumed !== undefined && before !== undefined) found.push({ name: resumed, ...before, endedMs: atMs });
  }
  return found;
};

const here = (): boolean => Bun.which("strace") !== null;

/** Brings strace as root where it is missing; answers why it cannot trace `pid`s here, or nothing when it can. In CI that throws. */
export const straceMissing = (): string | undefined => {
  if (!here() && process.getuid?.() === 0 && Bun.which("apt-get") !== null)
    spawnSync("sh", ["-c", "apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends strace"], { timeout: INSTALL_MS, stdio: "ignore" });
  const why = here() ? cannotAttach() : "strace is not installed (package strace)";
  if (why !== undefined && process.env.CI === "true") throw new Error(`a trace of system calls is needed here: ${why}`);
  if (why !== undefined) console.warn(`skipped: no trace of system calls: ${why}`);
  return why;
};

const cannotAttach = (): string | undefined => {
  const sleeper = Bun.spawn(["sleep", "30"]);
  const tried = spawnSync("timeout", ["-s", "INT", "1", "strace", "-p", String(sleeper.pid), "-o", "/dev/null"], { encoding: "utf8" });
  sleeper.kill();
  return tried.stderr.includes("attached") ? undefined : `strace may not look into another process: ${tried.stderr.trim().slice(0, 200)}`;
};

/** Attaches to `pid`; `end` detaches and answers what was called meanwhile. */
export const traceCalls = async (pid: number, file: string): Promise<{ end: () => Promise<SystemCall[]> }> => {
  const what = "trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg";
  const child = Bun.spawn(["strace", "-f", "-ttt", "-T", "-y", "-s", String(LONGEST_TEXT), "-e", what, "-o", file, "-p", String(pid)], { stdio: ["ignore", "ignore", "pipe"] });
  const reader = child.stderr.getReader();
  let said = "";
  while (!said.includes("attached")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`strace did not attach: ${said}`);
    said += new TextDecoder().decode(value);
  }
  return {
    async end() {
      child.kill("SIGINT");
      await child.exited;
      return parseTrace(readFileSync(file, "utf8"));
    },
  };
};
