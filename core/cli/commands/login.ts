// A fresh one-time code for the browser; it also proves again an open session.
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT } from "../exits.ts";
import { reach } from "../reach.ts";

export const command: Command = {
  help: `
Prints a code for the page's sign-in: single use, 10 minutes, 5 tries. An open session takes it too, to prove
itself again for what only the operator may do.`,
  run: async (args, terminal) => {
    expectWords(readArguments(args, {}).positionals, 0, 0, "login");
    const { raw, value } = await reach(readEnvironment()).ask("login.code", {});
    terminal.result(raw, () => `${value.code}\n  open ${value.url} and type it there; good once, until ${value.expiresAt}`);
    return EXIT.done;
  },
};
