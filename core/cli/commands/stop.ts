// Stops the running core in good order: SIGTERM to the pid that run.json names, after making sure that it is Jarvis; then waits.
import { readFileSync } from "node:fs";
import { createClock } from "../../lib/clock.ts";
import { type Environment, readEnvironment } from "../../settings.ts";
import { type Command, expectWords, numberOption, readArguments } from "../command.ts";
import { EXIT } from "../exits.ts";
import { controlPath, isAlive, type RunFile, readRunFile } from "../run-file.ts";
import type { Terminal } from "../terminal.ts";
import { answersAt, nobodyThere } from "../whom.ts";

const DEFAULT_WAIT_SECONDS = 60;
const LOOK_EVERY_MS = 50;

/** A pid can be taken over by another program after a crash: it is ours when its socket answers or its command line says so. */
const isOurs = async (environment: Environment, run: RunFile): Promise<boolean> => {
  if (await answersAt(controlPath(environment.data, run))) return true;
  try {
    return readFileSync(`/proc/${run.pid}/cmdline`, "utf8").includes("core/cli/main.ts");
  } catch {
    return false;
  }
};

const waitFor = async (pid: number, seconds: number, terminal: Terminal): Promise<number> => {
  const clock = createClock();
  for (const deadline = clock.now() + seconds * 1000; clock.now() < deadline; await clock.pause(LOOK_EVERY_MS)) {
    if (isAlive(pid)) continue;
    terminal.result({ stopped: true, pid }, () => `Jarvis (pid ${pid}) has stopped.`);
    return EXIT.done;
  }
  terminal.result({ stopped: false, pid }, () => `Jarvis (pid ${pid}) is still finishing what it began.`);
  return EXIT.running;
};

export const command: Command = {
  help: `
It finishes what it is doing, writes its journal and ends. --wait SECONDS is how long to watch it (${DEFAULT_WAIT_SECONDS}); still
running after that is exit 5, and nothing is killed.`,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, { wait: { type: "string" } });
    expectWords(positionals, 0, 0, "stop");
    const seconds = numberOption("wait", values.wait, 0, 3600) ?? DEFAULT_WAIT_SECONDS;
    const environment = readEnvironment();
    const run = readRunFile(environment.data);
    if (!run || !isAlive(run.pid) || !(await isOurs(environment, run))) throw nobodyThere(environment);
    process.kill(run.pid, "SIGTERM");
    return waitFor(run.pid, seconds, terminal);
  },
};
