// A refused credential is tried at most three times a minute, whatever was on its way when it was first refused.
import { expect, test } from "bun:test";
import { createBreaker } from "../../../../plugins/proxmox/client/breaker.ts";

const said = "refused.";
const admitted = (breaker: ReturnType<typeof createBreaker>, now: number): number => {
  for (let count = 0; count < 50; count += 1)
    try {
      breaker.admit(now);
    } catch {
      return count;
    }
  return 50;
};

test("what works is never held back", () => {
  const breaker = createBreaker();
  expect(admitted(breaker, 0)).toBe(50);
});

test("after a refusal two more go out in its minute, and three in each after it", () => {
  const breaker = createBreaker();
  breaker.admit(0);
  breaker.refused(0, said);
  expect(admitted(breaker, 1000)).toBe(2);
  expect(admitted(breaker, 59_000)).toBe(0);
  expect(admitted(breaker, 62_000)).toBe(3);
});

test("refusals of what was on its way count as tries", () => {
  const breaker = createBreaker();
  for (let call = 0; call < 4; call += 1) breaker.admit(0);
  for (let call = 0; call < 4; call += 1) breaker.refused(3000, said);
  expect(admitted(breaker, 4000)).toBe(0);
});

test("one that works opens the way", () => {
  const breaker = createBreaker();
  breaker.refused(0, said);
  breaker.works();
  expect(admitted(breaker, 1)).toBe(50);
});
