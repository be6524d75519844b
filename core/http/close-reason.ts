// What a close frame says: at most 123 bytes, whole characters. Pure.
import type { Position } from "../contract/wire.ts";

const MOST_BYTES = 123;

export const closeReason = (words: string): string => {
  let cut = words;
  while (Buffer.byteLength(cut) > MOST_BYTES) cut = [...cut].slice(0, -1).join("");
  return cut;
};

/** JSON: the position to resume from on the channel that overflowed, as much of it as fits. */
export const slowReason = (last: { channel: string; position: Position | undefined } | undefined): string => {
  if (last === undefined) return JSON.stringify({ slow: true });
  const whole = JSON.stringify({ slow: true, channel: last.channel, ...last.position });
  if (Buffer.byteLength(whole) <= MOST_BYTES) return whole;
  const short = JSON.stringify({ slow: true, ...last.position });
  return Buffer.byteLength(short) <= MOST_BYTES ? short : JSON.stringify({ slow: true, offset: last.position?.offset });
};
