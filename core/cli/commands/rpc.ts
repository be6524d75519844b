// Any method of /api/v1/rpc by its name: the raw result, JSON always.
import { METHODS } from "../../contract/wire.ts";
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, jsonArgument, readArguments } from "../command.ts";
import { EXIT } from "../exits.ts";
import { reach } from "../reach.ts";

export const command: Command = {
  help: `
  ./jarvis rpc                                   the methods there are
  ./jarvis rpc state.get
  ./jarvis rpc incidents.list '{"status": "open"}'`,
  run: async (args, terminal) => {
    const [method, json] = expectWords(readArguments(args, {}).positionals, 0, 2, "rpc METHOD '{json}'");
    if (method === undefined) {
      const methods = Object.entries(METHODS).map(([name, row]) => ({ method: name, scope: row.scope, socketOnly: "socket" in row }));
      terminal.result({ methods }, () => methods.map((row) => `${row.method.padEnd(24)} ${row.scope}${row.socketOnly ? " (WebSocket only)" : ""}`).join("\n"));
      return EXIT.done;
    }
    const result = await reach(readEnvironment()).raw(method, jsonArgument("the argument", json));
    terminal.result(result, () => JSON.stringify(result, null, 2));
    return EXIT.done;
  },
};
