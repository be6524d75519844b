// Ends the hold: only a running core can, because the release is a record in its journal.
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT } from "../exits.ts";
import { describeModes } from "../people.ts";
import { reach } from "../reach.ts";

export const command: Command = {
  help: `
Writes the release into the journal and removes the file KILL. Removing the file by hand does not release.`,
  run: async (args, terminal) => {
    expectWords(readArguments(args, {}).positionals, 0, 0, "release");
    const { raw, value } = await reach(readEnvironment()).ask("release", {});
    terminal.result(raw, () => describeModes(value));
    return EXIT.done;
  },
};
