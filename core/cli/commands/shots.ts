// Takes the screenshots that the README shows.
import { type Command, expectWords, readArguments } from "../command.ts";
import { runSuite } from "../suite.ts";

export const command: Command = {
  help: `
Starts the stand-in and a core of its own in a temporary folder, breaks things, opens the page in Chromium at 1920x1080
and 390x844 while they are mended, and writes docs/screens/incident-1920.webp, deck-1920.webp and deck-390.webp.`,
  run: async (args) => {
    expectWords(readArguments(args, {}).positionals, 0, 0, "shots");
    return runSuite("shots.ts", []);
  },
};
