// What waits for one reader: bounded, in order per channel. A slow reader's state channels shrink to one snapshot; the rest overflows.
import type { Position } from "../contract/wire.ts";
import type { Publication } from "./publication.ts";

/** Past this, waiting state publications are dropped and a snapshot is owed instead. */
export const COALESCE_BYTES = 256 * 1024;
/** Past this the reader is given up. */
export const OUTBOX_BYTES = 1024 * 1024;

interface Waiting {
  readonly frame: string;
  readonly bytes: number;
  readonly subscription?: string;
  readonly publication?: Publication;
}

interface Options {
  /** Bun's `send`: above 0 sent, -1 taken but the socket is full, 0 not taken. */
  write(frame: string): number;
  snapshot(channel: string): Publication | undefined;
  /** Called once: the bound is passed. `last`: where the reader is on the channel that overflowed. */
  overflow(last: { channel: string; position: Position | undefined } | undefined): void;
  /** Called when the socket gets full and when it is free again. */
  full?(yes: boolean): void;
}

const keyOf = (subscription: string, channel: string): string => `${subscription} ${channel}`;

export const createOutbox = ({ write, snapshot, overflow, full }: Options) => {
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let blocked = false;
  let closed = false;
  const owed = new Map<string, { subscription: string; channel: string }>();

  const block = (yes: boolean): void => {
    if (blocked === yes) return;
    blocked = yes;
    full?.(yes);
  };

  /** True when the frame left our hands. */
  const put = (frame: string): boolean => {
    const taken = write(frame);
    if (taken <= 0) block(true);
    return taken !== 0;
  };

  /** The state channels behind what waits are owed a snapshot; their waiting publications go. */
  const coalesce = (): void => {
    const rest: Waiting[] = [];
    waitingBytes = 0;
    for (const item of waiting) {
      const { subscription, publication } = item;
      if (subscription !== undefined && publication?.kind === "state") {
        owed.set(keyOf(subscription, publication.channel), { subscription, channel: publication.channel });
        continue;
      }
      rest.push(item);
      waitingBytes += item.bytes;
    }
    waiting = rest;
  };

  const lastPlace = (channel: string): Position | undefined => {
    const next = waiting.find((item) => item.publication?.channel === channel)?.publication;
    return next === undefined ? undefined : { epoch: next.epoch, offset: Math.max(0, next.offset - 1) };
  };

  /** Nothing is sent any more. */
  const close = (): void => {
    closed = true;
    waiting = [];
    owed.clear();
  };

  const wait = (item: Waiting): void => {
    waiting.push(item);
    waitingBytes += item.bytes;
    if (waitingBytes > COALESCE_BYTES) coalesce();
    if (waitingBytes <= OUTBOX_BYTES) return;
    const behind = item.publication ?? waiting.find(({ publication }) => publication !== undefined)?.publication;
    overflow(behind === undefined ? undefined : { channel: behind.channel, position: lastPlace(behind.channel) });
    close();
  };

  const send = (frame: string): void => {
    if (closed) return;
    if (!blocked && waiting.length === 0 && put(frame)) return;
    wait({ frame, bytes: Buffer.byteLength(frame) });
  };

  const sendEvent = (subscription: string, publication: Publication): void => {
    if (closed || owed.has(keyOf(subscription, publication.channel))) return;
    const frame = publication.frame(subscription);
    if (!blocked && waiting.length === 0 && put(frame)) return;
    wait({ frame, bytes: Buffer.byteLength(frame), subscription, publication });
  };

  const payOwed = (): void => {
    for (const [key, { subscription, channel }] of owed) {
      if (blocked) return;
      owed.delete(key);
      const whole = snapshot(channel);
      if (whole !== undefined && !put(whole.frame(subscription))) owed.set(key, { subscription, channel });
    }
  };

  /** The socket is free again: sends what waits, then the snapshots owed, until it is full again. */
  const drain = (): void => {
    if (closed) return;
    block(false);
    let sent = 0;
    for (const item of waiting) {
      if (blocked || !put(item.frame)) break;
      waitingBytes -= item.bytes;
      sent += 1;
    }
    waiting = waiting.slice(sent);
    if (waiting.length === 0) payOwed();
  };

  /** Forgets what waits for a subscription that was closed. */
  const forget = (subscription: string): void => {
    waiting = waiting.filter((item) => item.subscription !== subscription);
    waitingBytes = waiting.reduce((sum, item) => sum + item.bytes, 0);
    for (const [key, owing] of owed) if (owing.subscription === subscription) owed.delete(key);
  };

  return { send, sendEvent, drain, forget, close, bytes: (): number => waitingBytes };
};

export type Outbox = ReturnType<typeof createOutbox>;
