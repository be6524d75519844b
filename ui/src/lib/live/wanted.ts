// The channels this page wants: subscribed once each, resumed after a loss, asked for whole after a gap. Refuses to show a copy it cannot vouch for.
import type { ChannelEvent, Position } from "$contract/wire.ts";
import { type Begun, createMirror, type Mirror } from "./mirror.ts";

interface Options {
  call: (method: string, params: unknown) => Promise<unknown>;
  onValue: (channel: string, value: unknown) => void;
  onEvent: (channel: string, data: unknown) => void;
  /** A channel that cannot be had, and why. */
  onRefused?: (channel: string, thrown: unknown) => void;
}

interface Wish {
  mirror: Mirror;
  subscription: string | undefined;
  users: number;
  /** Counts tries, so that a late answer of an older one is not taken. */
  round: number;
}

export const createWanted = ({ call, onValue, onEvent, onRefused }: Options) => {
  const wishes = new Map<string, Wish>();
  let live = false;

  const ask = async (channel: string, wish: Wish, since: Position | undefined): Promise<void> => {
    wish.round += 1;
    const { round } = wish;
    wish.subscription = undefined;
    try {
      const begun = (await call("channels.subscribe", { channel, ...(since ? { since } : {}) })) as Begun & { subscription: string };
      if (wish.round !== round) return;
      wish.subscription = begun.subscription;
      if (wish.mirror.begin(begun)) onValue(channel, wish.mirror.value);
    } catch (thrown) {
      if (wish.round === round && live) onRefused?.(channel, thrown);
    }
  };

  const drop = (wish: Wish): void => {
    if (live && wish.subscription !== undefined) call("channels.unsubscribe", { subscription: wish.subscription }).catch(() => undefined);
    wish.subscription = undefined;
  };

  return {
    want(channel: string): () => void {
      const wish = wishes.get(channel) ?? { mirror: createMirror(), subscription: undefined, users: 0, round: 0 };
      wish.users += 1;
      if (wish.users === 1) {
        wishes.set(channel, wish);
        if (live) void ask(channel, wish, undefined);
      }
      return () => {
        wish.users -= 1;
        if (wish.users > 0) return;
        wish.round += 1;
        wishes.delete(channel);
        drop(wish);
      };
    },
    connected(): void {
      live = true;
      for (const [channel, wish] of wishes) void ask(channel, wish, wish.mirror.position);
    },
    lost(): void {
      live = false;
      for (const wish of wishes.values()) wish.subscription = undefined;
    },
    take(event: ChannelEvent): void {
      const wish = wishes.get(event.channel);
      if (wish === undefined || wish.subscription !== event.subscription) return;
      const took = wish.mirror.take(event);
      if (took === "changed") onValue(event.channel, wish.mirror.value);
      else if (took === "event") onEvent(event.channel, event.data);
      else if (took === "gap") {
        drop(wish);
        wish.mirror.forget();
        void ask(event.channel, wish, undefined);
      }
    },
  };
};
