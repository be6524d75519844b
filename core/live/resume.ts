// Where a subscription to one channel begins: exactly after `since`, or at a snapshot, honestly told. Pure but for reading the channel.
import type { Position } from "../contract/wire.ts";
import type { Channel } from "./channel.ts";
import type { Publication } from "./publication.ts";

/** `offset`: the place the reader is at; the next publication it gets (the first of `backlog`, or a live one) follows it. */
export interface Begun extends Position {
  recovered: boolean;
  snapshot?: unknown;
}

export const begin = (channel: Channel, epoch: string, since: Position | undefined): { begun: Begun; backlog: Publication[] } => {
  const missed = since !== undefined && since.epoch === epoch ? channel.missed(since.offset) : undefined;
  if (since !== undefined && missed !== undefined) return { begun: { epoch, offset: since.offset, recovered: true }, backlog: missed };
  const whole = channel.snapshot();
  return { begun: { epoch, offset: channel.offset(), recovered: false, ...(whole === undefined ? {} : { snapshot: whole.data }) }, backlog: [] };
};
