// Random histories of calls, crashes, lost replies, locks, switches and second cores keep the invariants of reliability F.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { histories, runHistory } from "./history.ts";

const FAST = 200;
const FULL = 10_000;
const full = process.env.JARVIS_TEST_FULL === "1";
const seed = Number(process.env.JARVIS_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(
  "every generated history keeps I1-I20",
  async () => {
    console.log(`histories: seed ${seed} (JARVIS_TEST_SEED repeats it)`);
    let ran = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (commands) => {
        ran += 1;
        await runHistory(commands);
      }),
      { numRuns: full ? FULL : FAST, seed, endOnFailure: false },
    );
    expect(ran).toBeGreaterThanOrEqual(FAST);
  },
  full ? 7_200_000 : 300_000,
);
