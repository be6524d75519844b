// The command line: finds the command, runs it, ends with the exit code of the contract. Acts on nothing itself.
import "../lib/interpreted.ts";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { JarvisError } from "../contract/error.ts";
import { nearest } from "../lib/nearest.ts";
import { COMMANDS, findCommand } from "./commands.ts";
import { EXIT, exitOf } from "./exits.ts";
import { commandHelp, helpPage } from "./help.ts";
import { INSECURE, trustPlainLine } from "./plain-line.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

const root = join(import.meta.dir, "../..");

const pluginCommands = (): string[] =>
  readdirSync(join(root, "plugins"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, "plugins", entry.name, "cli.ts")))
    .map((entry) => entry.name);

/** The machine said no (permission, disk, port): its own words are enough. */
const isSystemError = (thrown: unknown): thrown is Error => thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" && /^E[A-Z]+$/.test(thrown.code);

const explain = (thrown: unknown, terminal: Terminal): number => {
  if (isSystemError(thrown)) {
    terminal.say(`jarvis: ${thrown.message}`);
    return EXIT.failed;
  }
  if (!(thrown instanceof JarvisError)) {
    terminal.say(`jarvis: something in Jarvis is broken: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`);
    return EXIT.failed;
  }
  const wire = thrown.details.data?.wire;
  if (wire !== undefined && terminal.json) terminal.line(JSON.stringify({ error: wire }));
  terminal.say(`jarvis: ${thrown.message}`);
  const untold = (thrown.details.issues ?? []).filter((issue) => !thrown.message.includes(issue.message));
  for (const issue of untold) terminal.say(`  ${issue.path}: ${issue.message}`);
  return exitOf(thrown);
};

const strange = (word: string, terminal: Terminal): void => {
  const close = nearest(word, [...COMMANDS.map((known) => known.name), ...pluginCommands()]);
  terminal.say(`jarvis: there is no command "${word}"${close ? `; did you mean "${close}"?` : ""} (./jarvis --help lists them)`);
};

const run = async (argv: readonly string[]): Promise<number> => {
  const end = argv.indexOf("--");
  const isOwn = (at: number): boolean => end === -1 || at < end;
  const has = (...names: string[]): boolean => argv.some((word, at) => isOwn(at) && names.includes(word));
  const [word = "start", ...args] = argv.filter((entry, at) => !(isOwn(at) && ["--json", "--help", "-h", INSECURE].includes(entry)));
  const terminal = createTerminal({ jsonAsked: has("--json"), isTerminal: process.stdout.isTTY === true });
  if (has(INSECURE)) trustPlainLine();
  const helpAsked = has("--help", "-h");
  const [topic] = args;
  if ((helpAsked && argv.every((entry) => entry.startsWith("-"))) || (word === "help" && topic === undefined)) {
    terminal.line(helpPage(pluginCommands()));
    return EXIT.done;
  }
  const about = word === "help" && topic !== undefined;
  const asked = about ? topic : word;
  if (asked === "--version" || asked === "-V") {
    const { describeVersion, versionOf } = await import("./version.ts");
    const version = versionOf(root);
    terminal.result(version, () => describeVersion(version));
    return EXIT.done;
  }
  const row = findCommand(asked);
  if (!row) {
    if (about && pluginCommands().includes(asked)) terminal.say(`jarvis: ${asked} has its own help: ./jarvis ${asked} --help`);
    else strange(asked, terminal);
    return EXIT.usage;
  }
  if (about) {
    terminal.line(commandHelp(row, (await row.load()).command.help));
    return EXIT.done;
  }
  try {
    const { command } = await row.load();
    if (!helpAsked) return await command.run(args, terminal);
    terminal.line(commandHelp(row, command.help));
    return EXIT.done;
  } catch (thrown) {
    return explain(thrown, terminal);
  }
};

/** What was printed reaches a slow pipe before the process ends. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> => new Promise((resolve) => stream.write("", () => resolve()));

// A reader that has enough (head, less) closes the pipe: that ends a command well, and never a running Jarvis.
process.stdout.on("error", () => (process.argv[2] ?? "start") === "start" || process.exit(EXIT.done));

const code = await run(process.argv.slice(2));
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);
