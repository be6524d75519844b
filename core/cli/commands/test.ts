// Every check and test; the runner lives in tests/run.
import { type Command, readArguments } from "../command.ts";
import { runSuite } from "../suite.ts";

export const command: Command = {
  help: `
Ends with a line "N passed, N failed, N skipped"; exit 1 when something failed.

--fast    only what needs no browser, container engine, fault injection or measuring
--full    the complete counts: hours; its result is kept in docs/evidence/full.json
PATH ...  only the test files below these paths, without the checks
--seed N  repeat a run: what is random follows this number (printed by every run)`,
  run: async (args) => {
    readArguments(args, { fast: { type: "boolean" }, full: { type: "boolean" }, seed: { type: "string" } });
    return runSuite("run/main.ts", args);
  },
};
