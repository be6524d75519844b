// The frames that wait for one reader, in order, counted in bytes. Holds no socket and decides nothing.
import type { Position } from "../contract/wire.ts";
import type { Publication } from "./publication.ts";

export interface Waiting {
  readonly frame: string;
  readonly bytes: number;
  readonly subscription?: string;
  readonly publication?: Publication;
}

/** One channel of one subscription. */
export interface Lane {
  readonly subscription: string;
  readonly channel: string;
}

export const createWaiting = () => {
  let items: Waiting[] = [];
  let bytes = 0;

  const keep = (kept: Waiting[]): void => {
    items = kept;
    bytes = kept.reduce((sum, item) => sum + item.bytes, 0);
  };

  /** Takes every state publication out and answers whose they were. */
  const takeStates = (): Lane[] => {
    const lanes: Lane[] = [];
    const rest: Waiting[] = [];
    for (const item of items) {
      const { subscription, publication } = item;
      if (subscription !== undefined && publication?.kind === "state") lanes.push({ subscription, channel: publication.channel });
      else rest.push(item);
    }
    keep(rest);
    return lanes;
  };

  /** Where the reader is on the channel whose publications wait: just before the first of them. */
  const behind = (): { channel: string; position: Position } | undefined => {
    const first = items.find(({ publication }) => publication !== undefined)?.publication;
    return first === undefined ? undefined : { channel: first.channel, position: { epoch: first.epoch, offset: Math.max(0, first.offset - 1) } };
  };

  /** Gives frames to `put`, oldest first, until it answers false. */
  const flush = (put: (frame: string) => boolean): void => {
    const stopped = items.findIndex((item) => !put(item.frame));
    keep(stopped === -1 ? [] : items.slice(stopped));
  };

  return {
    takeStates,
    behind,
    flush,
    add: (item: Waiting): void => {
      items.push(item);
      bytes += item.bytes;
    },
    forget: (subscription: string): void => keep(items.filter((item) => item.subscription !== subscription)),
    clear: (): void => keep([]),
    bytes: (): number => bytes,
    empty: (): boolean => items.length === 0,
  };
};
