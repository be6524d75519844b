// One subscription: its first answer, what it missed, then everything live in order. Refuses what is no name and an unknown channel.
import { JarvisError } from "../contract/error.ts";
import { isChannelOrPattern, isPattern } from "../contract/pattern.ts";
import { Position } from "../contract/wire.ts";
import { didYouMean } from "../lib/nearest.ts";
import type { Board, Reader } from "./board.ts";
import type { Publication } from "./publication.ts";
import { type Begun, begin } from "./resume.ts";

export type Since = undefined | Position | Record<string, Position>;
export type Answer = Begun | { channels: Record<string, Begun> };

export interface Subscribed {
  readonly answer: Answer;
  /** Sends what was missed, then everything live. Call it once the answer is on its way; until then publications wait. */
  start(): void;
  close(): void;
}

const positionFor = (since: Since, channel: string, pattern: boolean): Position | undefined => {
  if (since === undefined) return undefined;
  const single = Position.safeParse(since);
  if (single.success) return pattern ? undefined : single.data;
  const named = Position.safeParse(Object.entries(since).find(([name]) => name === channel)?.[1]);
  return named.success ? named.data : undefined;
};

interface Options {
  board: Board;
  epoch: string;
  name: string;
  since: Since;
  send: (publication: Publication) => void;
  allowed: (channel: string) => boolean;
}

/** The names this reader may see: no other is ever suggested. */
const seen = (board: Board, reader: Reader): string[] => [...board.entries.keys()].filter(reader.allowed);

const enter = ({ board, epoch, name, since }: Options, reader: Reader): { answer: Answer; backlog: Publication[] } => {
  const pattern = isPattern(name);
  const matching = board.matching(reader);
  for (const { channel } of matching) channel.info.refresh?.();
  const begun = matching.map((entry) => ({ entry, ...begin(entry.channel, epoch, positionFor(since, entry.channel.name, pattern)) }));
  const [first] = begun;
  if (!pattern && first === undefined) throw new JarvisError("not_found", { message: `There is no channel ${name}.${didYouMean(name, seen(board, reader))}` });
  board.join(
    reader,
    begun.map(({ entry }) => entry),
  );
  const backlog = begun.flatMap((one) => one.backlog);
  if (!pattern && first !== undefined) return { answer: first.begun, backlog };
  return { answer: { channels: Object.fromEntries(begun.map((one) => [one.entry.channel.name, one.begun])) }, backlog };
};

/** Throws not_found for an unknown channel (a pattern may match nothing yet) and bad_input for what is no name. */
export const subscribe = (options: Options): Subscribed => {
  const { board, name, send, allowed } = options;
  if (!isChannelOrPattern(name))
    throw new JarvisError("bad_input", {
      message: `${name} is neither a channel nor a pattern: expected parts joined by /, such as core/feed or core/*.${didYouMean(name, [...board.entries.keys()].filter(allowed))}`,
      path: "channel",
    });
  let waiting: Publication[] | undefined = [];
  const deliver = (made: Publication): void => {
    if (waiting === undefined) send(made);
    else waiting.push(made);
  };
  const reader: Reader = { name, allowed, deliver };
  const { answer, backlog } = enter(options, reader);
  const start = (): void => {
    if (waiting === undefined) return;
    const late = [...backlog, ...waiting];
    waiting = undefined;
    for (const made of late) send(made);
  };
  const close = (): void => {
    waiting = [];
    board.leave(reader);
  };
  return { answer, start, close };
};
