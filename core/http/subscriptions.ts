// The subscriptions of one socket: named s1, s2, ... in the order they came. Refuses more than its bound.
import { JarvisError } from "../contract/error.ts";
import type { Params } from "../contract/wire.ts";
import type { Hub } from "../live/hub.ts";
import type { Outbox } from "../live/outbox.ts";
import type { Answer, Subscribed } from "../live/subscribe.ts";

const MOST_SUBSCRIPTIONS = 200;

export const createSubscriptions = ({ hub, outbox }: { hub: Hub; outbox: Outbox }) => {
  const open = new Map<string, Subscribed>();
  let count = 0;

  /** `start` must be called once the answer is sent. */
  const subscribe = ({ channel, since }: Params<"channels.subscribe">): { answer: Answer & { subscription: string }; start: () => void } => {
    if (open.size >= MOST_SUBSCRIPTIONS) throw new JarvisError("too_large", { message: `One socket may hold ${MOST_SUBSCRIPTIONS} subscriptions; use a pattern.` });
    const subscription = `s${count + 1}`;
    const subscribed = hub.subscribe(channel, since, (made) => outbox.sendEvent(subscription, made));
    count += 1;
    open.set(subscription, subscribed);
    return { answer: { subscription, ...subscribed.answer }, start: subscribed.start };
  };

  const unsubscribe = (subscription: string): { unsubscribed: boolean } => {
    const subscribed = open.get(subscription);
    if (subscribed === undefined) throw new JarvisError("not_found", { message: `There is no subscription ${subscription} on this socket.` });
    subscribed.close();
    open.delete(subscription);
    outbox.forget(subscription);
    return { unsubscribed: true };
  };

  const close = (): void => {
    for (const subscribed of open.values()) subscribed.close();
    open.clear();
  };

  return { subscribe, unsubscribe, close };
};
