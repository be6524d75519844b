// What every part of the engine shares: its clock, events and randomness, and timers that die with a container's process. It refuses nothing.
import type { Clock } from "../clock.ts";
import type { Box, Randomness } from "./box.ts";
import type { Events } from "./events.ts";

export interface World {
  readonly clock: Clock;
  readonly events: Events;
  readonly random: Randomness;
}

/** Runs `act` later as long as the container's present process lives. */
export function later(world: World, box: Box, ms: number, act: () => void): void {
  const cancel = world.clock.after(ms, () => {
    box.timers.delete(cancel);
    act();
  });
  box.timers.add(cancel);
}

export function endTimers(box: Box): void {
  for (const cancel of box.timers) cancel();
  box.timers.clear();
}
