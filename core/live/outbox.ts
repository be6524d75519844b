// What one reader is sent: bounded, in order per channel. A slow reader's state channels shrink to one snapshot; the rest overflows.
import type { Position } from "../contract/wire.ts";
import type { Publication } from "./publication.ts";
import { createWaiting, type Lane, type Waiting } from "./waiting.ts";

/** Past this, waiting state publications are dropped and a snapshot is owed instead. */
export const COALESCE_BYTES = 256 * 1024;
/** Past this the reader is given up. */
export const OUTBOX_BYTES = 1024 * 1024;

interface Options {
  /** Bun's `send`: above 0 sent, -1 taken but the socket is full, 0 not taken. */
  write(frame: string): number;
  snapshot(channel: string): Publication | undefined;
  /** Called once: the bound is passed. `last`: where the reader is on the channel that waits longest. */
  overflow(last: { channel: string; position: Position } | undefined): void;
  /** Called when the socket gets full and when it is free again. */
  full?(yes: boolean): void;
}

const keyOf = ({ subscription, channel }: Lane): string => `${subscription} ${channel}`;

/** The socket's own side: what it takes, and whether it is full. */
const createGateway = ({ write, full }: Pick<Options, "write" | "full">) => {
  let blocked = false;
  const block = (yes: boolean): void => {
    if (blocked === yes) return;
    blocked = yes;
    full?.(yes);
  };
  /** True when the frame left our hands. A full socket is not even asked. */
  const put = (frame: string): boolean => {
    if (blocked) return false;
    const taken = write(frame);
    if (taken <= 0) block(true);
    return taken !== 0;
  };
  return { put, free: (): void => block(false) };
};

export const createOutbox = (options: Options) => {
  const { snapshot, overflow } = options;
  const waiting = createWaiting();
  const gateway = createGateway(options);
  const owed = new Map<string, Lane>();
  let closed = false;

  const close = (): void => {
    closed = true;
    waiting.clear();
    owed.clear();
  };

  const wait = (item: Waiting): void => {
    waiting.add(item);
    if (waiting.bytes() > COALESCE_BYTES) for (const lane of waiting.takeStates()) owed.set(keyOf(lane), lane);
    if (waiting.bytes() <= OUTBOX_BYTES) return;
    const last = waiting.behind();
    close();
    overflow(last);
  };

  const pass = (frame: string, about: Omit<Waiting, "frame" | "bytes">): void => {
    if (waiting.empty() && gateway.put(frame)) return;
    wait({ frame, bytes: Buffer.byteLength(frame), ...about });
  };

  const payOwed = (): void => {
    for (const [key, lane] of owed) {
      const whole = snapshot(lane.channel);
      if (whole !== undefined && !gateway.put(whole.frame(lane.subscription))) return;
      owed.delete(key);
    }
  };

  return {
    send: (frame: string): void => {
      if (!closed) pass(frame, {});
    },
    sendEvent: (subscription: string, publication: Publication): void => {
      if (closed || (owed.size > 0 && owed.has(keyOf({ subscription, channel: publication.channel })))) return;
      pass(publication.frame(subscription), { subscription, publication });
    },
    /** The socket is free again: sends what waits, then the snapshots owed, until it is full again. */
    drain: (): void => {
      if (closed) return;
      gateway.free();
      waiting.flush(gateway.put);
      if (waiting.empty()) payOwed();
    },
    /** Forgets what waits for a subscription that was closed. */
    forget: (subscription: string): void => {
      waiting.forget(subscription);
      for (const [key, lane] of owed) if (lane.subscription === subscription) owed.delete(key);
    },
    /** Nothing is sent any more. */
    close,
    bytes: waiting.bytes,
  };
};

export type Outbox = ReturnType<typeof createOutbox>;
