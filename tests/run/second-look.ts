// A failed file is run once more, alone and with the same seed: what then passes depended on the machine's load. It is told by name, never hidden.
import type { Outcome } from "./tally.ts";

/** More failing files than this are no matter of load. */
const MOST_FILES = 6;

interface SecondLook {
  readonly outcomes: readonly Outcome[];
  /** Failed first, passed alone: each is a fault still to be found. */
  readonly unsteady: readonly string[];
}

export const lookAgain = async (outcomes: readonly Outcome[], isFile: (name: string) => boolean, run: (file: string) => Promise<Outcome>): Promise<SecondLook> => {
  const failing = outcomes.filter((one) => one.failed > 0 && isFile(one.name));
  if (failing.length === 0 || failing.length > MOST_FILES) return { outcomes, unsteady: [] };
  const again = new Map<string, Outcome>();
  for (const { name } of failing) again.set(name, await run(name));
  return { outcomes: outcomes.map((one) => again.get(one.name) ?? one), unsteady: [...again.values()].filter((one) => one.failed === 0).map((one) => one.name) };
};
