// Whether a model answers, in words, and since when: the time of a state is that of its beginning. Asks nobody.
import type { Clock } from "../../lib/clock.ts";
import type { ModelHealth } from "./model.ts";

interface Parts {
  clock: Pick<Clock, "iso">;
  words: string;
  /** Something of it changed. */
  changed: (health: ModelHealth) => void;
}

export const createHealth = ({ clock, words, changed }: Parts) => {
  let now: ModelHealth = { state: "unknown", words, since: clock.iso() };
  const set = (state: ModelHealth["state"], told: string): void => {
    if (now.state === state && now.words === told) return;
    now = { state, words: told, since: now.state === state ? now.since : clock.iso() };
    changed(now);
  };
  return { now: () => now, ok: (told: string) => set("ok", told), down: (told: string) => set("down", told) };
};

export type Health = ReturnType<typeof createHealth>;
