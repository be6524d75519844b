// One page of a list at a time. The cursor names the last one seen, so that a list that changed meanwhile repeats and skips nothing else. Refuses cursors that are none of ours.
import { JarvisError } from "../contract/error.ts";

export const PAGE_SIZE = 50;
const LONGEST_CURSOR = 1000;
const CURSOR = /^[A-Za-z0-9_-]+$/;

const opened = (cursor: string): string => {
  const name = cursor.length <= LONGEST_CURSOR && CURSOR.test(cursor) ? Buffer.from(cursor, "base64url").toString("utf8") : "";
  if (name === "" || Buffer.from(name).toString("base64url") !== cursor)
    throw new JarvisError("bad_input", { message: "This cursor is none of ours; begin again without one.", path: "cursor" });
  return name;
};

/** `all`: in the order of their keys. */
export const pageOf = <T>(all: readonly T[], keyOf: (one: T) => string, cursor: string | undefined): { readonly items: T[]; readonly nextCursor?: string } => {
  const after = cursor === undefined ? undefined : opened(cursor);
  const rest = after === undefined ? all : all.filter((one) => keyOf(one) > after);
  const items = rest.slice(0, PAGE_SIZE);
  const last = items.at(-1);
  return rest.length > items.length && last !== undefined ? { items, nextCursor: Buffer.from(keyOf(last)).toString("base64url") } : { items };
};
