// When the next reading is due that has a place in its interval: never nearer than half an interval, so that no place makes the readings more. Pure.

/** Milliseconds from `nowMs` to the next moment that lies `offsetMs` after a whole multiple of `everyMs`. */
export const untilPlace = (nowMs: number, everyMs: number, offsetMs: number): number => {
  const earliest = nowMs + everyMs / 2;
  const past = (((earliest - offsetMs) % everyMs) + everyMs) % everyMs;
  return everyMs / 2 + (past === 0 ? 0 : everyMs - past);
};
