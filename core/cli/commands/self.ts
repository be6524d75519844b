// What Jarvis knows of itself: what carries it, what it cannot do without, and what it therefore refuses. Only reads.
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT } from "../exits.ts";
import { reach } from "../reach.ts";
import { describeSelf } from "../self-words.ts";

export const command: Command = {
  help: `
What Jarvis runs on (machine, container, guest, node) and what it cannot do without (storage under its disk, name server,
gateway, reverse proxy), each with how that is known. "Never changed" and "never disturbed" hold for everybody, in every mode.
Where it does not know itself nothing disruptive is done anywhere: set self in jarvis.yaml (guest/ID, or outside).`,
  run: async (args, terminal) => {
    expectWords(readArguments(args, {}).positionals, 0, 0, "self");
    const { self } = (await reach(readEnvironment()).ask("status.get", {})).value;
    terminal.result(self, () => describeSelf(self));
    return EXIT.done;
  },
};
