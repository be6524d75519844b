// Follows live channels over the WebSocket: one channel.event a line, until interrupted, --count reached or the server closes.
import type { z } from "zod";
import { ChannelEvent, Hello, METHODS } from "../../contract/wire.ts";
import { readEnvironment } from "../../settings.ts";
import { type Command, expectWords, numberOption, readArguments } from "../command.ts";
import { EXIT, misused } from "../exits.ts";
import { openSocket } from "../socket.ts";
import { findDoor } from "../whom.ts";

const usage = "ws sub 'CHANNEL' [--count N]";
const MOST_LINES = 1_000_000_000;

const Subscribed = METHODS["channels.subscribe"].result;

/** What the answer to a subscription already holds, as the events they stand for. */
export const firstEvents = (channel: string, answer: z.output<typeof Subscribed>, time: string): ChannelEvent[] => {
  const each = "channels" in answer ? answer.channels : { [channel]: answer };
  return Object.entries(each)
    .filter(([, state]) => state.snapshot !== undefined)
    .map(([name, { epoch, offset, snapshot }]) => ({ subscription: answer.subscription, channel: name, epoch, offset, time, type: "snapshot", data: snapshot }));
};

export const command: Command = {
  help: `
  ./jarvis ws sub 'core/feed'
  ./jarvis ws sub 'core/*' --count 10            "*" is one part of a name, "**" any number of them

Each line is {subscription, channel, epoch, offset, time, type: snapshot | patch | event, data}. The channels there are:
./jarvis rpc channels.list. Ends on Ctrl-C (exit 0), after --count lines, or when the server goes (exit 69).`,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, { count: { type: "string" } });
    const [verb, channel = ""] = expectWords(positionals, 2, 2, usage);
    if (verb !== "sub") throw misused(`usage: ./jarvis ${usage}`);
    let left = numberOption("count", values.count, 1, MOST_LINES) ?? Number.POSITIVE_INFINITY;
    let time = "";
    const early: ChannelEvent[] = [];
    let ready = false;
    const enough = Promise.withResolvers<void>();
    const print = (event: ChannelEvent): void => {
      if (left <= 0) return;
      left -= 1;
      terminal.line(JSON.stringify(event));
      if (left === 0) enough.resolve();
    };
    const socket = await openSocket(await findDoor(readEnvironment()), (method, params) => {
      if (method === "hello") time = Hello.parse(params).time;
      if (method !== "channel.event") return;
      const event = ChannelEvent.parse(params);
      if (ready) print(event);
      else early.push(event);
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => enough.resolve());
    const answer = Subscribed.parse(await socket.call("channels.subscribe", { channel }));
    if ("channels" in answer && Object.keys(answer.channels).length === 0)
      terminal.say(`jarvis: no channel matches ${channel} now; one that is born later will be followed. ./jarvis rpc channels.list names those there are.`);
    for (const event of [...firstEvents(channel, answer, time), ...early]) print(event);
    ready = true;
    await Promise.race([enough.promise, socket.ended]);
    socket.close();
    return EXIT.done;
  },
};
