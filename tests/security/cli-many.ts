// Runs many `./jarvis` commands in one process, each by its own code as the command line runs it: a line of JSON in for the words of one, a line out for how it ended. For tests only.
import { findCommand } from "../../core/cli/commands.ts";
import { exitOf } from "../../core/cli/exits.ts";
import type { Terminal } from "../../core/cli/terminal.ts";
import { JarvisError } from "../../core/contract/error.ts";

const ended = async ([word = "", ...args]: readonly string[]) => {
  const out: unknown[] = [];
  const terminal: Terminal = { json: true, jsonAsked: true, result: (value) => void out.push(value), line: () => {}, piece: () => {}, say: () => {} };
  try {
    const row = findCommand(word);
    if (!row) throw new Error(`there is no command ${word}`);
    return { code: await (await row.load()).command.run(args, terminal), out: out[0] };
  } catch (thrown) {
    if (!(thrown instanceof JarvisError)) throw thrown;
    return { code: exitOf(thrown), out: { error: thrown.details.data?.wire, text: thrown.message } };
  }
};

export const CLI_MANY = import.meta.path;

if (import.meta.main) for await (const line of console) if (line !== "") console.log(JSON.stringify(await ended(JSON.parse(line))));
