// A monitor read now because somebody asked. Asking often reads no oftener: the other side's budget is the poller's.
import { JarvisError } from "../contract/error.ts";
import type { Reading } from "../contract/reading.ts";
import type { Clock } from "../lib/clock.ts";
import { didYouMean } from "../lib/nearest.ts";
import type { StateStore } from "../state/store.ts";

const YOUNG_MS = 1000;

interface Parts {
  clock: Clock;
  store: StateStore;
  poller: { channels(): string[]; refresh(channel: string): Promise<void> };
}

/** Throws not_found for what is no monitor's channel, unavailable when there is no reading at all. */
export const createRefresh =
  ({ clock, store, poller }: Parts) =>
  async (channel: string): Promise<Reading> => {
    const known = poller.channels();
    if (!known.includes(channel)) throw new JarvisError("not_found", { message: `No monitor fills ${channel}.${didYouMean(channel, known)}` });
    const last = store.get(channel);
    if (last === undefined || last.stale || clock.now() - Date.parse(last.at) >= YOUNG_MS) await poller.refresh(channel);
    const reading = store.get(channel);
    if (!reading) throw new JarvisError("unavailable", { message: `${channel} could not be read yet.` });
    return reading;
  };
