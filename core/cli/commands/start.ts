// Starts Jarvis in this process: with the configuration there is, else with the stand-in's. Refuses nothing itself; the core does.
import { demandFree } from "../../http/listen.ts";
import { createClock } from "../../lib/clock.ts";
import { type Environment, readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT } from "../exits.ts";
import { ensureStandIn, type StandIn } from "../stand-in.ts";
import type { Terminal } from "../terminal.ts";
import { type Choice, chooseConfig } from "../which-config.ts";

const DEFAULT_PORT = 5278;
/** The stand-in's control API stands this far above Jarvis's own port. */
const STAND_IN_OFFSET = 10;

const help = `
With a jarvis.yaml beside ./jarvis (or where JARVIS_CONFIG points) that house is run; see jarvis.example.yaml.
Without one, a simulated homelab is started and shown: no hardware, no key and no network needed.

Environment: JARVIS_HOST, JARVIS_PORT (5278), JARVIS_CONFIG, JARVIS_DATA (./data), JARVIS_MEMORY, JARVIS_PERSONAS,
JARVIS_PLUGINS (more plugin folders, joined by ":"), JARVIS_ADMIN_TOKEN. Secrets also as NAME_FILE.
Ctrl-C or ./jarvis stop ends it in good order.`;

const standInFor = async (environment: Environment, plugin: string, terminal: Terminal): Promise<StandIn> => {
  const port = environment.port ?? DEFAULT_PORT;
  try {
    return await ensureStandIn({ plugin, data: environment.data, port: port === 0 ? 0 : port + STAND_IN_OFFSET, clock: createClock(), say: terminal.say });
  } catch (thrown) {
    // Another Jarvis on the same ports: its own port says it best.
    demandFree(port);
    throw thrown;
  }
};

/** The simulated house also says what this machine is in it, unless JARVIS_IDENTITY says otherwise. */
const optionsOf = (environment: Environment, choice: Choice, standIn: StandIn | undefined): { config: string; identity?: string } => {
  const identity = environment.identity ?? standIn?.identity;
  const config = choice.kind === "file" ? choice.path : (standIn?.config ?? "");
  return { config, ...(identity === undefined ? {} : { identity }) };
};

export const command: Command = {
  help,
  run: async (args, terminal) => {
    expectWords(readArguments(args, {}).positionals, 0, 0, "start");
    const environment = readEnvironment();
    const choice = chooseConfig(environment);
    const standIn = choice.kind === "file" ? undefined : await standInFor(environment, choice.plugin, terminal);
    try {
      const { main } = await import("../../main.ts");
      await main(optionsOf(environment, choice, standIn));
    } catch (thrown) {
      if (standIn?.begun) await standIn.stop();
      throw thrown;
    }
    await standIn?.stop();
    return EXIT.done;
  },
};
