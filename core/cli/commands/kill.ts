// Hold all: writes the KILL file itself, so a hung or dead core is held too, then tells the running core.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JarvisError } from "../../contract/error.ts";
import { KillLevel } from "../../contract/wire.ts";
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT, misused } from "../exits.ts";
import { describeModes } from "../people.ts";
import { reach } from "../reach.ts";
import { dataFolder } from "../which-config.ts";

const TELL_WITHIN_MS = 3_000;

/** Whole or not at all: a reader never sees half a word. */
const engage = (folder: string, level: KillLevel): string => {
  const path = join(folder, "KILL");
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, level, { mode: 0o600 });
    renameSync(`${path}.${process.pid}`, path);
    return path;
  } catch (cause) {
    throw new JarvisError("unavailable", {
      message: `${path} could not be written (${cause instanceof Error ? cause.message : String(cause)}); an unreadable data folder counts as held`,
      cause,
    });
  }
};

export const command: Command = {
  help: `
  pause      only what Jarvis does unasked is refused
  effects    every effect is refused, whoever asks (this is what kill alone means)
  all        effects, and every model, plugin and SSH session is closed

--reason TEXT   kept in the journal
It writes the file KILL in the data folder, so it works when Jarvis hangs. Only ./jarvis release ends it.`,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, { reason: { type: "string" } });
    const [word] = expectWords(positionals, 0, 1, "kill [pause|effects|all]");
    const level = KillLevel.default("effects").safeParse(word);
    if (!level.success) throw misused(`"${word}" is no level: pause, effects or all`);
    const environment = readEnvironment();
    const path = engage(dataFolder(environment), level.data);
    const told = reach(environment).ask("kill", { level: level.data, ...(values.reason === undefined ? {} : { reason: values.reason }) });
    const late = new Promise<undefined>((resolve) => AbortSignal.timeout(TELL_WITHIN_MS).addEventListener("abort", () => resolve(undefined)));
    const answer = await Promise.race([told.catch(() => undefined), late]);
    const held = { mode: undefined, killed: true, killLevel: level.data, file: path, told: answer !== undefined };
    terminal.result(answer ? { ...answer.value, file: path, told: true } : held, () =>
      answer ? describeModes(answer.value) : `HOLD ALL is on (${level.data}) by ${path}; no running Jarvis answered, the file holds it all the same.`,
    );
    return EXIT.done;
  },
};
