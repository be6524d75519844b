// Calls a tool through the one pipeline, or lists the tools; the exit code is the call's state.
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, jsonArgument, numberOption, readArguments } from "../command.ts";
import { EXIT, exitOfState } from "../exits.ts";
import { describeAnswer, listTools } from "../people.ts";
import { reach } from "../reach.ts";

const usage = "call TOOL '{json}' [--dry-run] [--wait SECONDS] [--key WORD] [--confirm TEXT]";

export const command: Command = {
  help: `
  ./jarvis call                        the tools there are
  ./jarvis call TOOL                   one that needs no input
  ./jarvis call TOOL '{"vmid": 101}'

--dry-run        say what would happen, do nothing
--wait SECONDS   how long to wait for the end (20, at most 300); exit 5 when it still runs
--key WORD       an idempotency key: the same key within 24 hours answers the first call's result
--confirm TEXT   the typed confirmation that destructive tools ask for
Exit: 0 succeeded, 1 failed, 2 refused, 3 held for a person (see ./jarvis asks), 4 unknown, 5 running.`,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, {
      "dry-run": { type: "boolean" },
      wait: { type: "string" },
      key: { type: "string" },
      confirm: { type: "string" },
    });
    const [name, json] = expectWords(positionals, 0, 2, usage);
    const jarvis = reach(readEnvironment());
    if (name === undefined) {
      const { raw, value } = await jarvis.ask("tools.list", {});
      terminal.result(raw, () => listTools(value.tools));
      return EXIT.done;
    }
    const waitSeconds = numberOption("wait", values.wait, 0, 300);
    const { raw, value } = await jarvis.ask("tools.call", {
      name,
      arguments: jsonArgument("the argument", json),
      ...(values["dry-run"] ? { dryRun: true } : {}),
      ...(waitSeconds === undefined ? {} : { waitSeconds }),
      ...(values.key === undefined ? {} : { idempotencyKey: values.key }),
      ...(values.confirm === undefined ? {} : { confirm: values.confirm }),
    });
    terminal.result(raw, () => describeAnswer(value));
    return exitOfState(value.state);
  },
};
