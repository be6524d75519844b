// What a source's standing says: the reason first of all, a few channels by name, and what most of them say where they do not agree.
import { expect, test } from "bun:test";
import { createSources } from "../../../core/state/sources.ts";
import { createManualClock } from "../../support/clock.ts";

const standing = (said: Readonly<Record<string, string | true>>) => {
  const sources = createSources(createManualClock());
  for (const [name, words] of Object.entries(said)) sources.tell({ channel: `farm/${name}`, plugin: "farm", ok: words === true, words: words === true ? "fresh" : words });
  const [one] = sources.list();
  return one && [one.state, one.words];
};

test("a few channels are named, then counted, so that the reason can be read", () => {
  expect(standing({ a: true, b: "gone", c: "gone" })).toEqual(["stale", "farm/b, farm/c: gone"]);
  expect(standing({ a: true, b: "gone", c: "gone", d: "gone", e: "gone", f: "gone" })).toEqual(["stale", "farm/b, farm/c, farm/d and 2 more: gone"]);
  expect(standing({ b: "gone", c: "gone" })).toEqual(["down", "gone"]);
});

test("what most of them say is the reason, not what the first happened to say", () => {
  expect(standing({ a: true, b: "no answer within 10 s", c: "refused", d: "refused" })?.[1]).toBe("farm/b, farm/c, farm/d: refused");
  expect(standing({ b: "first", c: "second" })?.[1]).toBe("first");
});
