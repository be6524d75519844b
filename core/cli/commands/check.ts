// Every check that runs nothing of Jarvis: format, lint, types, boundaries, dead code.
import { type Command, expectWords, readArguments } from "../command.ts";
import { runSuite } from "../suite.ts";

export const command: Command = {
  help: `
biome, tsc, svelte-check, knip and the architecture tests; each with its own words when it fails. Exit 1 on a failure.`,
  run: async (args) => {
    expectWords(readArguments(args, {}).positionals, 0, 0, "check");
    return runSuite("run/main.ts", ["--checks-only"]);
  },
};
