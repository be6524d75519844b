// Differences of JSON state as RFC 6902; both ends must agree, so making is here and applying beside it (patched.ts). Pure.
import { createPatch } from "rfc6902";
import { z } from "zod";

export { patched } from "./patched.ts";

export const Operation = z.discriminatedUnion("op", [
  z.object({ op: z.literal("add"), path: z.string(), value: z.unknown() }),
  z.object({ op: z.literal("replace"), path: z.string(), value: z.unknown() }),
  z.object({ op: z.literal("remove"), path: z.string() }),
  z.object({ op: z.literal("move"), from: z.string(), path: z.string() }),
  z.object({ op: z.literal("copy"), from: z.string(), path: z.string() }),
  z.object({ op: z.literal("test"), path: z.string(), value: z.unknown() }),
]);
export type Operation = z.infer<typeof Operation>;

/** Beyond so many pairs the shortest edit between two lists is not looked for: its cost grows with their product, and held the core up for a second. */
const MOST_PAIRS = 400;

const longLists = (before: unknown, after: unknown, at: { toString(): string }) => {
  if (!Array.isArray(before) || !Array.isArray(after) || before.length * after.length <= MOST_PAIRS) return undefined;
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ op: "replace" as const, path: at.toString(), value: after }];
};

/** The operations that turn `before` into `after`; none when they are equal. */
export const diff = (before: unknown, after: unknown): Operation[] => z.array(Operation).parse(createPatch(before, after, longLists));
