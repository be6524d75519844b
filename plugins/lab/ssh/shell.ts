// The scripted shell of a simulated node: runs a line over the world and answers what a terminal would have shown. It refuses commands it does not have with 127, as bash does.
import { files } from "./commands/files.ts";
import { guests } from "./commands/guests.ts";
import { logs } from "./commands/logs.ts";
import { machine } from "./commands/machine.ts";
import { storage } from "./commands/storage.ts";
import { text } from "./commands/text.ts";
import { units } from "./commands/units.ts";
import { readLine, type Step } from "./line.ts";
import { type Command, complained, type Machine, type Output } from "./output.ts";

const MAX_LINE = 8_192;
const MAX_STEPS = 50;
const NOT_FOUND = 127;
const MISUSE = 2;

const COMMANDS: ReadonlyMap<string, Command> = new Map(Object.entries({ ...files, ...guests, ...logs, ...machine, ...storage, ...text, ...units }));
/** Words that only change how another command runs. */
const WRAPPERS = new Set(["sudo", "exec", "LANG=C", "LC_ALL=C"]);

async function runPipe(at: Machine, pipe: Step["pipe"]): Promise<Output> {
  let input = "";
  let err = "";
  let code = 0;
  for (const words of pipe) {
    const [name = "", ...rest] = words.filter((word, index) => !(index === 0 && WRAPPERS.has(word)));
    const command = COMMANDS.get(name.replace(/^\/(usr\/)?s?bin\//, ""));
    const output = command ? await command(at, rest, input) : complained(`bash: line 1: ${name}: command not found`, NOT_FOUND);
    input = output.out;
    err += output.err ?? "";
    code = output.code;
  }
  return { out: input, err, code };
}

export async function runLine(at: Machine, line: string): Promise<Output> {
  if (line.length > MAX_LINE) return complained("bash: line too long", MISUSE);
  let steps: Step[];
  try {
    steps = readLine(line).slice(0, MAX_STEPS);
  } catch (error) {
    return complained(`bash: -c: line 1: ${error instanceof Error ? error.message : String(error)}`, MISUSE);
  }
  const whole: Output = { out: "", err: "", code: 0 };
  for (const step of steps) {
    if ((step.when === "ok" && whole.code !== 0) || (step.when === "failed" && whole.code === 0)) continue;
    const output = await runPipe(at, step.pipe);
    whole.out += output.out;
    whole.err += output.err ?? "";
    whole.code = output.code;
  }
  return whole;
}
