// A value alone in a file, as secrets come: trimmed text of at most 64 KiB, or words why not. Never reads further than its bound, whatever the file says of its size.
import { closeSync, openSync, readSync } from "node:fs";
import { whyUnreadable } from "../lib/unreadable.ts";

const MOST_BYTES = 65_536;

/** What stands after the path in a complaint: `does not exist`. */
export interface Unread {
  readonly why: string;
}

const bytesOf = (path: string): Uint8Array => {
  const file = openSync(path, "r");
  try {
    const room = new Uint8Array(MOST_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < room.length; length += read) read = readSync(file, room, length, room.length - length, null);
    return room.subarray(0, length);
  } finally {
    closeSync(file);
  }
};

export const readValue = (path: string): string | Unread => {
  try {
    const bytes = bytesOf(path);
    return bytes.length > MOST_BYTES ? { why: `is larger than ${MOST_BYTES / 1024} KiB` } : new TextDecoder().decode(bytes).trim();
  } catch (thrown) {
    return { why: whyUnreadable(thrown) };
  }
};
