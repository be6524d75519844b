// Whether what is found could be put on record: while the disk takes nothing the house is not asked over and over for what would be lost again. Tries, seldom; decides nothing else.
import type { Clock } from "../lib/clock.ts";

const AGAIN_MS = 15_000;

export const createRoom = ({ clock, hasRoom }: { clock: Pick<Clock, "now">; hasRoom: () => boolean }) => {
  let isShort = false;
  let nextMs = 0;

  const look = (): void => {
    isShort = !hasRoom();
    nextMs = clock.now() + AGAIN_MS;
  };

  return {
    /** Something could not be handled; the disk is the usual reason. */
    doubted: look,
    isThere: (): boolean => {
      if (isShort && clock.now() >= nextMs) look();
      return !isShort;
    },
  };
};
