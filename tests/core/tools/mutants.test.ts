// The properties must notice when a promise is broken: every named mutant dies, and by the right invariant.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { histories, runHistory } from "./history.ts";
import { MUTANTS } from "./mutants.ts";

const MOST_RUNS = 1500;
const SEED = 20260101;

const all = Object.entries(MUTANTS);

test("every invariant has a mutant that only it, or its like, can notice", () => {
  const named = new Set(all.flatMap(([, { caught }]) => caught.source.match(/I\d+/g) ?? []));
  expect(Array.from({ length: 20 }, (_, index) => `I${index + 1}`).filter((name) => !named.has(name))).toEqual([]);
  expect(all.length).toBeGreaterThanOrEqual(20);
});

describe("a mutant dies", () => {
  for (const [name, { caught, seed = SEED, first, ...faulty }] of all)
    test(name, async () => {
      const words: string[] = [];
      const outcome = await fc.check(
        fc.asyncProperty(histories, async (commands) => {
          try {
            await runHistory(commands, faulty);
          } catch (thrown) {
            words.push(String(thrown));
            throw thrown;
          }
        }),
        { numRuns: MOST_RUNS, seed, endOnFailure: true, ...(first === undefined ? {} : { examples: [[[...first]]] }) },
      );
      expect({ name, failed: outcome.failed }).toEqual({ name, failed: true });
      expect(words[0]).toMatch(caught);
    }, 300_000);
});
