// What a command is, and how its arguments are read. Refuses unknown options with words instead of a stack.
import { type ParseArgsConfig, parseArgs } from "node:util";
import { misused } from "./exits.ts";
import type { Terminal } from "./terminal.ts";

export interface Command {
  /** What `./jarvis NAME --help` prints below the usage line. */
  readonly help: string;
  /** Answers the exit code. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Positionals and options of a command line; what does not fit is exit 64 with the reason. */
export const readArguments = <const O extends Options>(args: readonly string[], options: O) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (thrown) {
    throw misused(thrown instanceof Error ? (thrown.message.split(". ")[0] ?? thrown.message) : String(thrown));
  }
};

/** A number of an option within bounds; undefined stays undefined. */
export const numberOption = (name: string, text: string | undefined, least: number, most: number): number | undefined => {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < least || value > most) throw misused(`--${name} takes a number from ${least} to ${most}, not "${text}"`);
  return value;
};

/** The JSON object of an argument; `name` is what the usage line calls it. Tools and methods take objects only. */
export const jsonArgument = (name: string, text: string | undefined): unknown => {
  if (text === undefined) return {};
  const quoted = `quote it for the shell: '{"vmid": 101}'`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw misused(`${name} is no JSON: ${text.slice(0, 80)}   (${quoted})`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw misused(`${name} is no JSON object: ${text.slice(0, 80)}   (names in double quotes, each with its value; ${quoted})`);
};

/** Exactly these many words, or exit 64 with the usage. */
export const expectWords = (words: readonly string[], least: number, most: number, usage: string): readonly string[] => {
  if (words.length < least || words.length > most) throw misused(`usage: ./jarvis ${usage}`);
  return words;
};
