// Shows or sets how much Jarvis may do unasked.
import { Autonomy } from "../../contract/wire.ts";
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT, misused } from "../exits.ts";
import { describeModes } from "../people.ts";
import { reach } from "../reach.ts";

export const command: Command = {
  help: `
  ./jarvis autonomy               what it is
  ./jarvis autonomy observe       it watches and tells, and does nothing unasked
  ./jarvis autonomy propose       it starts what fell over, and asks before it disturbs anything
  ./jarvis autonomy act           it fixes what its rules allow

Lowering it takes the scope operate. Raising it is the operator's: from this machine's command line, a page that has
just signed in, or an admin token; anybody else is exit 77.`,
  run: async (args, terminal) => {
    const [word] = expectWords(readArguments(args, {}).positionals, 0, 1, "autonomy [observe|propose|act]");
    const mode = Autonomy.optional().safeParse(word);
    if (!mode.success) throw misused(`"${word}" is no mode: observe, propose or act`);
    const jarvis = reach(readEnvironment());
    const { raw, value } = mode.data === undefined ? await jarvis.ask("autonomy.get", {}) : await jarvis.ask("autonomy.set", { mode: mode.data });
    terminal.result(raw, () => describeModes(value));
    return EXIT.done;
  },
};
