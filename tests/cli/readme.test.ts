// The README names what a person may set from outside, and no name that nothing reads.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
const namesIn = (file: string): string[] => [...new Set(readFileSync(join(root, file), "utf8").match(/\bJARVIS_[A-Z]+(?:_[A-Z]+)*\b/g))].sort();
/** Of tests and of the simulated house alone. */
const NOT_FOR_PEOPLE = ["JARVIS_CLOCK_RATE", "JARVIS_HOLD_AT", "JARVIS_IDENTITY"];

test("every environment variable that is read stands in the README's table", () => {
  const read = namesIn("core/settings.ts").filter((name) => !NOT_FOR_PEOPLE.includes(name));
  expect(read).toContain("JARVIS_DATA");
  expect(namesIn("README.md").filter((name) => !name.endsWith("_FILE"))).toEqual(read);
});
