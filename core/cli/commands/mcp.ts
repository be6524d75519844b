// mcp: MCP over stdin and stdout, for clients that start a program. Ends when they close the pipe; what they still wait for is answered first, for a moment.
import { createClock } from "../../lib/clock.ts";
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, readArguments } from "../command.ts";
import { EXIT } from "../exits.ts";
import { createBridge } from "../mcp/bridge.ts";
import { createKnocking } from "../mcp/knock.ts";
import { linesOf } from "../mcp/lines.ts";
import { findDoor } from "../whom.ts";

const LAST_ANSWERS_MS = 2000;

export const command: Command = {
  help: `
  claude mcp add jarvis -- /path/to/jarvis mcp   for a client on this machine
  ./jarvis token new --help                      for one elsewhere: a token for http://HOST:5278/mcp
What comes in is a model's, whoever started it: it may do what an operate token may, and approves nothing.`,
  run: async (args, terminal) => {
    expectWords(readArguments(args, {}).positionals, 0, 0, "mcp");
    const environment = readEnvironment();
    await findDoor(environment);
    const bridge = createBridge({ knock: createKnocking(environment), write: terminal.line, say: terminal.say });
    const waiting = new Set<Promise<void>>();
    for await (const line of linesOf(Bun.stdin.stream())) {
      const taken = bridge.take(line);
      waiting.add(taken);
      void taken.finally(() => waiting.delete(taken));
    }
    await Promise.race([Promise.allSettled(waiting), createClock().pause(LAST_ANSWERS_MS)]);
    await bridge.end();
    return EXIT.done;
  },
};
