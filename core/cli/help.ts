// The help pages: one for everything, one for each command. Pure text.
import { COMMANDS, type Row } from "./commands.ts";

const WIDTH = 36;
const GROUPS = ["Run it", "Ask it", "Decide", "Let in", "Work on it"] as const;

const lines = (rows: readonly Row[]): string => rows.map((row) => `  ${row.usage.padEnd(WIDTH)} ${row.about}`).join("\n");

/** `extra`: plugin folders that have a command line of their own. */
export const helpPage = (extra: readonly string[]): string => {
  const own = GROUPS.map((group) => `${group}\n${lines(COMMANDS.filter((row) => row.group === group))}`);
  const plugins = extra.length === 0 ? [] : [`Plugins with a command of their own\n${extra.map((name) => `  ${`${name} ...`.padEnd(WIDTH)} ./jarvis ${name} --help`).join("\n")}`];
  return [
    "Jarvis: the command center of your homelab.\n\n  ./jarvis                             start it; it prints where to open it\n  ./jarvis WORD --help                 more about one word\n  ./jarvis --version                   what runs here",
    ...own,
    ...plugins,
    "JARVIS_HOST and JARVIS_PORT name another Jarvis. On another machine it is refused to send the token in the clear: use an\nssh tunnel, or --insecure on a line you trust.",
    "With --json, or into a pipe, results are JSON. Exit: 0 done, 1 failed, 2 refused, 3 held for a person, 4 unknown,\n5 still running, 64 usage, 69 no Jarvis reachable, 77 not allowed, 78 configuration.",
  ].join("\n\n");
};

export const commandHelp = (row: Row, help: string): string => `./jarvis ${row.usage}\n    ${row.about}\n\n${help.replace(/^\n/, "").trimEnd()}`;
