// What the reflex understands, counted on two fixed sets: right answers, questions back and wrong tools apart. A wrong tool is never allowed.
import { expect, test } from "bun:test";
import { measure, readSet } from "./utterances/measure.ts";

/** Shares of right answers; the figures of now stand a little above. */
const FLOORS: [name: string, least: number, share: number][] = [
  ["first", 200, 0.95],
  ["second", 80, 0.85],
];

test.each(FLOORS)("the %s set of utterances is understood, and no wrong tool is used", async (name, least, share) => {
  const { right, total, askedBack, wrongTools, missed } = await measure(name);
  const percent = ((100 * right) / total).toFixed(1);
  console.log(`${name} set: ${right} of ${total} right (${percent} %), ${askedBack.length} asked back, ${missed.length} missed, ${wrongTools.length} wrong tools`);
  for (const line of [...wrongTools.map((one) => `WRONG ${one}`), ...askedBack.map((one) => `asked ${one}`), ...missed.map((one) => `missed ${one}`)]) console.log(`  ${line}`);
  expect(readSet(name).length).toBeGreaterThanOrEqual(least);
  expect(wrongTools).toEqual([]);
  expect(right / total).toBeGreaterThanOrEqual(share);
});
