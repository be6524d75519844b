// A shell of a guest or node in this terminal, over the owner's own socket: keys pass as they are, and the terminal is given back however it ends. Refuses where nobody sits in front of it.
import { existsSync } from "node:fs";
import { SHELL_ENDED } from "../../contract/console.ts";
import { METHODS, NOTIFICATIONS } from "../../contract/wire.ts";
import { type Environment, readEnvironment } from "../../settings.ts";
import { type Command, readArguments } from "../command.ts";
import { createLeaving } from "../console/leave.ts";
import { createLine } from "../console/line.ts";
import { pickConsole, type Wanted } from "../console/pick.ts";
import { borrowTerminal, isTerminal, sizeNow } from "../console/screen.ts";
import { EXIT, exitOfState, misused } from "../exits.ts";
import { reach } from "../reach.ts";
import { controlPath, readRunFile } from "../run-file.ts";
import { openSocket, type Socket } from "../socket.ts";
import type { Terminal } from "../terminal.ts";
import { type Door, nobodyThere } from "../whom.ts";

const Opened = METHODS["console.open"].result;

/** Where only the owner of the data folder gets in: what no token may do is done there. */
const ownersDoor = (environment: Environment): Door => {
  const path = controlPath(environment.data, readRunFile(environment.data));
  if (!existsSync(path)) throw nobodyThere(environment);
  return { url: `ws+unix://${path}:`, token: undefined };
};

const find = async (environment: Environment, words: string, tool: string | undefined): Promise<Wanted> => {
  const jarvis = reach(environment);
  const [state, offered] = await Promise.all([jarvis.ask("state.get", {}), jarvis.ask("consoles.list", {})]);
  return pickConsole(words, tool, state.value.resources, offered.value.consoles);
};

/** What the other side sends; kept until the console's own number is known. */
const createInbox = () => {
  const early: [string, unknown][] = [];
  let take = (method: string, params: unknown): void => void early.push([method, params]);
  return {
    take: (method: string, params: unknown): void => take(method, params),
    begin(handler: typeof take): void {
      take = handler;
      for (const [method, params] of early.splice(0)) handler(method, params);
    },
  };
};

/** Resolves with why the other side closed it, or with undefined when it was left. */
const sit = async (socket: Socket, id: string, inbox: ReturnType<typeof createInbox>): Promise<string | undefined> => {
  const over = Promise.withResolvers<string | undefined>();
  const leave = (): void => over.resolve(undefined);
  const leaving = createLeaving();
  const line = createLine(
    (what) => socket.call("console.write", { console: id, ...what }),
    // What the shell does not take is lost, as on any line; an end of the line is told by the line.
    () => undefined,
  );
  const screen = borrowTerminal({
    typed: (keys) => {
      const { text, leaves } = leaving(keys);
      if (text !== "") line.type(text);
      if (leaves) leave();
    },
    resized: line.resize,
    gone: leave,
  });
  try {
    inbox.begin((method, params) => {
      if (method === "console.data") {
        const { console: of, data } = NOTIFICATIONS["console.data"].parse(params);
        const bytes = Buffer.from(data, "base64");
        if (of === id) screen.show(bytes, () => line.drew(bytes.length));
      }
      if (method !== "console.closed") return;
      const closed = NOTIFICATIONS["console.closed"].parse(params);
      if (closed.console === id) over.resolve(closed.why);
    });
    socket.ended.catch(over.reject);
    return await over.promise;
  } finally {
    screen.giveBack();
  }
};

const attend = async ({ tool, resource }: Wanted, environment: Environment, terminal: Terminal): Promise<number> => {
  const inbox = createInbox();
  const socket = await openSocket(ownersDoor(environment), inbox.take);
  try {
    const answer = Opened.parse(await socket.call("console.open", { tool, resource: resource.id, ...sizeNow() }));
    if (answer.console === undefined) {
      terminal.say(`jarvis: ${answer.text}${answer.rule === undefined ? "" : `\n  rule: ${answer.rule}`}`);
      return exitOfState(answer.state === "succeeded" ? "failed" : answer.state);
    }
    terminal.say(`${answer.text} Ctrl-] leaves it, or ~. at the beginning of a line.`);
    const why = await sit(socket, answer.console, inbox);
    if (why === undefined) await socket.call("console.close", { console: answer.console }).catch(() => undefined);
    terminal.say(`\nThe console of ${resource.name} is closed${why === undefined ? "." : `: ${why}`}`);
    return why === undefined || why === SHELL_ENDED ? EXIT.done : EXIT.failed;
  } finally {
    socket.close();
  }
};

export const command: Command = {
  help: `
  ./jarvis console postgres
  ./jarvis console guest/102                     a name that fits several is asked back (exit 64)
  ./jarvis console node/pve

--with TOOL   where more than one plugin opens consoles
Every key goes to the shell but Ctrl-], or ~. at the beginning of a line: these leave. What is typed and shown is kept
nowhere; that the console was open is in the journal. It takes a terminal, and a Jarvis on this machine.
Exit: 0 left, or the shell ended; 1 it broke off, 2 refused, 64 no such name or no terminal, 69 no Jarvis.`,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, { with: { type: "string" } });
    const words = positionals.join(" ").trim();
    if (words === "") throw misused("usage: ./jarvis console NAME");
    if (!isTerminal()) throw misused("a console needs a terminal: stdin and stdout are to be one. To run a command by script use ssh or a tool: ./jarvis call lists them");
    const environment = readEnvironment();
    return attend(await find(environment, words, values.with), environment, terminal);
  },
};
