// The runner's second look: what fails twice fails, what passes alone is told by name.
import { expect, test } from "bun:test";
import { lookAgain } from "../run/second-look.ts";
import type { Outcome } from "../run/tally.ts";

const outcome = (name: string, failed: number): Outcome => ({ name, passed: 1, failed, skipped: 0, skips: [], seconds: 1, words: "" });
const everyFile = (): boolean => true;

test("a file that fails again stays failed, and one that passes alone is named", async () => {
  const first = [outcome("a", 0), outcome("b", 1), outcome("c", 2)];
  const { outcomes, unsteady } = await lookAgain(first, everyFile, async (name) => outcome(name, name === "b" ? 0 : 2));
  expect(outcomes.map((one) => one.failed)).toEqual([0, 0, 2]);
  expect(unsteady).toEqual(["b"]);
});

test("a failed check, and many failed files, get no second look", async () => {
  const never = async (): Promise<Outcome> => {
    throw new Error("ran");
  };
  expect((await lookAgain([outcome("check: types", 1)], () => false, never)).outcomes[0]?.failed).toBe(1);
  const many = Array.from({ length: 7 }, (_, index) => outcome(String(index), 1));
  expect((await lookAgain(many, everyFile, never)).unsteady).toEqual([]);
});
