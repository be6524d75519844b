// The launcher has already brought everything when this runs: it only says so.
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT } from "../exits.ts";

export const command: Command = {
  help: `
Brings the pinned Bun, installs the packages from the lockfile and builds the screen, each only when missing or stale.
For images and for folders that are read-only later.`,
  run: async (args, terminal) => {
    expectWords(readArguments(args, {}).positionals, 0, 0, "setup");
    terminal.result({ bun: Bun.version }, () => `Everything is here (Bun ${Bun.version}). Start with ./jarvis`);
    return EXIT.done;
  },
};
