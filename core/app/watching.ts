// Who reads a channel decides how often its monitor looks: tells the poller, also of readers that came before the monitor. Decides nothing.
import type { Hub } from "../live/hub.ts";
import type { Poller } from "../state/poller.ts";

export const createWatching = (hub: Pick<Hub, "onWatch">) => {
  const watched = new Set<string>();
  return {
    isWatched: (channel: string): boolean => watched.has(channel),
    tell(poller: Pick<Poller, "watching">): void {
      hub.onWatch((channel, count) => {
        if (count > 0) watched.add(channel);
        else watched.delete(channel);
        poller.watching(channel, count > 0);
      });
    },
  };
};
