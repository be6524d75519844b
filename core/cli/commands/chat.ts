// Says one thing to Jarvis over the WebSocket and prints the answer as it comes; --json prints every notification on a line.
import { z } from "zod";
import { OutsideState } from "../../contract/call.ts";
import { NOTIFICATIONS } from "../../contract/wire.ts";
import { readEnvironment } from "../../settings.ts";
import { type Command, readArguments } from "../command.ts";
import { EXIT, exitOfStates, misused } from "../exits.ts";
import { openSocket } from "../socket.ts";
import type { Terminal } from "../terminal.ts";
import { findDoor } from "../whom.ts";

const Begun = z.looseObject({ message: z.string() });
type Done = z.output<(typeof NOTIFICATIONS)["chat.done"]>;

/** Prints what belongs to one answer; notifications that come before the answer's id is known are kept until then. */
const createPrinter = (terminal: Terminal, done: (end: Done) => void) => {
  let message: string | undefined;
  let printed = "";
  const ends = new Map<string, OutsideState>();
  const early: [string, unknown][] = [];

  const show = (method: string, params: unknown): void => {
    if (terminal.jsonAsked) terminal.line(JSON.stringify({ jsonrpc: "2.0", method, params }));
    if (method === "chat.delta" && !terminal.jsonAsked) {
      const { text } = NOTIFICATIONS["chat.delta"].parse(params);
      printed += text;
      terminal.piece(text);
    }
    if (method === "chat.call") {
      const { callId, state } = NOTIFICATIONS["chat.call"].parse(params);
      ends.set(callId, OutsideState.catch("running").parse(state));
    }
    if (method === "chat.ask" && !terminal.jsonAsked) {
      const { ask } = NOTIFICATIONS["chat.ask"].parse(params);
      // Why it is held the answer says.
      terminal.say(`held for your word: ${ask.tool}\n  ./jarvis asks approve ${ask.id}`);
    }
    if (method !== "chat.done") return;
    const end = NOTIFICATIONS["chat.done"].parse(params);
    if (!terminal.jsonAsked) terminal.line(printed === "" ? end.text : "");
    done(end);
  };
  const take = (method: string, params: unknown): void => {
    if (!method.startsWith("chat.")) return;
    if (message === undefined) early.push([method, params]);
    else if (Begun.parse(params).message === message) show(method, params);
  };
  const begin = (id: string): void => {
    message = id;
    for (const [method, params] of early.splice(0)) take(method, params);
  };
  return { take, begin, exit: (end: Done): number => (end.broken ? EXIT.failed : exitOfStates([...ends.values()])) };
};

export const command: Command = {
  help: `
  ./jarvis chat "what's wrong?"
  ./jarvis chat 'restart nextcloud'
  echo "status" | ./jarvis chat -                 "-" reads the words from stdin

--conversation ID   go on with an earlier conversation
--json              one notification a line: chat.delta, chat.call, chat.ask, chat.done
Exit: as of the call it made, like ./jarvis call: 0 done (or only talked), 1 failed, 2 refused, 3 held for a person
(see ./jarvis asks), 4 unknown, 5 running.`,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, { conversation: { type: "string" } });
    const given = positionals.join(" ");
    const text = (given === "-" ? await Bun.stdin.text() : given).trim();
    if (text === "") throw misused("usage: ./jarvis chat 'TEXT'");
    const end = Promise.withResolvers<Done>();
    const printer = createPrinter(terminal, end.resolve);
    const socket = await openSocket(await findDoor(readEnvironment()), printer.take);
    const params = { text, ...(values.conversation === undefined ? {} : { conversation: values.conversation }) };
    printer.begin(Begun.parse(await socket.call("chat.send", params)).message);
    socket.ended.catch(end.reject);
    const done = await end.promise;
    socket.close();
    return printer.exit(done);
  },
};
