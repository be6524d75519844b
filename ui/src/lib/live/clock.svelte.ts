// The time of day for the screen: a second's tick only while somebody shows seconds, else a minute's.
import { createSubscriber } from "svelte/reactivity";
import { house } from "./house.svelte.ts";

const ticking = (everyMs: number): (() => void) =>
  createSubscriber((update) => {
    let timer: ReturnType<typeof setTimeout>;
    const plan = (): void => {
      timer = setTimeout(
        () => {
          update();
          plan();
        },
        everyMs - (Date.now() % everyMs) + 5,
      );
    };
    plan();
    return () => clearTimeout(timer);
  });

const second = ticking(1000);
const minute = ticking(60_000);

export const clock = {
  /** The server's time now, told again each second while read in a view. */
  seconds(): number {
    second();
    return Date.now() + house.clockOffsetMs;
  },
  minutes(): number {
    minute();
    return Date.now() + house.clockOffsetMs;
  },
};
