// `jarvis lab ...`, or `bun plugins/lab/cli.ts ...`: reads the words and hands over; all else is loaded only when it is wanted.
import { resolve } from "node:path";
import { HELP, isUsage, readWords } from "./options.ts";
import { readSettings } from "./settings.ts";

async function main(args: string[]): Promise<number> {
  const { help, json, words, run: options } = readWords(args);
  const settings = readSettings();
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (words.length === 0) {
    const { run } = await import("./run.ts");
    return run(options, settings);
  }
  const { command } = await import("./commands.ts");
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const complain = (text: string): void => void process.stderr.write(`${text}\n`);
  const plainList = words[0] === "list";
  return command(words, resolve(options.dir ?? settings.dir), { print, complain, json: json || (!plainList && !process.stdout.isTTY) });
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(isUsage(error) ? 64 : 1);
  },
);
