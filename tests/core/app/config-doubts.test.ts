// What no schema sees in the configuration is told once with its line, stands in the status while it is so, and goes when it is right.
import { expect, test } from "bun:test";
import { createConfigDoubts } from "../../../core/app/config-doubts.ts";
import { Config } from "../../../core/settings/schema.ts";
import { createManualClock } from "../../support/clock.ts";

const MINUTE_MS = 60_000;

test("a circle is told at the start, a stranger and a self that is not confirmed when the house has been seen; each once", async () => {
  const clock = createManualClock();
  const warned: string[] = [];
  let [ids, doubt, changes] = [["guest/1", "guest/2"], "it says guest/9, and nothing seen is named so." as string | undefined, 0];
  const config = Config.parse({ depends: { "guest/1": ["guest/2"], "guest/2": ["guest/1", "guest/3"] } });
  const doubts = createConfigDoubts({
    loaded: { config, place: (path) => `jarvis.yaml:${path.length}` },
    clock,
    log: (_, words) => void warned.push(words),
    ids: () => ids,
    selfDoubt: () => doubt,
    changed: () => {
      changes += 1;
    },
  });
  doubts.start();
  expect(warned).toEqual([
    "jarvis.yaml:2: depends: these need each other in a circle (guest/1 needs guest/2 needs guest/1); of several that fail, the first is taken for the root.",
  ]);
  expect(doubts.list()).toMatchObject([{ what: "depends guest/1", since: "2026-01-01T00:00:00.000Z" }]);

  await clock.advance(30 * MINUTE_MS);
  expect(warned.slice(1)).toEqual([
    "jarvis.yaml:3: depends: nothing seen is named guest/3, so this link is without effect. Did you mean guest/1?",
    "jarvis.yaml:1: self: it says guest/9, and nothing seen is named so.",
  ]);
  expect([doubts.list().length, changes]).toEqual([3, 2]);
  expect(new Set(doubts.list().map(({ what }) => what)).size).toBe(3);

  [ids, doubt] = [[...ids, "guest/3"], undefined];
  await clock.advance(90 * MINUTE_MS);
  expect([doubts.list().length, changes, warned.length]).toEqual([1, 3, 3]);
});

test("it looks no more once it was stopped, and can be stopped before it began", async () => {
  const clock = createManualClock();
  let looks = 0;
  const doubts = createConfigDoubts({
    loaded: { config: Config.parse({}), place: () => "jarvis.yaml:1" },
    clock,
    log: () => undefined,
    ids: () => {
      looks += 1;
      return [];
    },
    selfDoubt: () => undefined,
    changed: () => undefined,
  });
  doubts.stop();
  doubts.start();
  await clock.advance(3 * MINUTE_MS);
  expect(looks).toBe(3);
  doubts.stop();
  await clock.advance(90 * MINUTE_MS);
  expect(looks).toBe(3);
});
