// A persona that cannot be used is told by file, line and what to do, leaves the last good one in force, and its mending is told too.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPersona, readPersona } from "../../../core/agent/persona.ts";
import { createClock } from "../../../core/lib/clock.ts";
import { until } from "../../support/until.ts";

let folder: string;
let stamp = 1_700_000_000;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "persona-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const save = (text: string): void => {
  const path = join(folder, "jarvis.md");
  writeFileSync(path, text);
  stamp += 1;
  utimesSync(path, stamp, stamp);
};
const GOOD = "---\nname: Good\naddress: madam\n---\nProse.\n";
const made = () => {
  const said: string[] = [];
  return { said, ...createPersona({ folder, clock: createClock(), log: () => undefined, told: (words) => said.push(words) }) };
};

test.each([
  ["no front matter", ":1: expected front matter"],
  ["---\nname: A\nadress: sir\n---\n", ":3:1: adress: there is no such key. Did you mean address?"],
  ["---\nname: A\nlines:\n  well: {address}, well\n---\n", ":4:18: this does not belong here: put a text that holds {"],
  ["---\nname: 7\n---\n", ":2:1: name: expected string, received number"],
])("%j names the line and what is wrong", (text, words) => {
  expect(() => readPersona(text, "jarvis.md")).toThrow(`jarvis.md${words}`);
});

test("the last good one stays, the trouble is told once, and so is its end", () => {
  save(GOOD);
  const persona = made();
  expect(persona.read().address).toBe("madam");
  save("---\nname: A\nadress: x\n---\n");
  expect(persona.read().address).toBe("madam");
  persona.read();
  expect(persona.said).toEqual([expect.stringMatching(/^The persona jarvis\.md cannot be used: .*jarvis\.md:3:1: .*The last good one stays in force; save the file again/)]);
  expect(persona.trouble()).toEqual([{ what: "The persona cannot be used", words: persona.said[0] ?? "", since: expect.any(String) }]);
  save(GOOD);
  persona.read();
  expect([persona.said.length, persona.said[1], persona.trouble()]).toEqual([2, "The persona jarvis.md can be used again.", []]);
});

test("a file that is not there is told with its path", () => {
  const persona = made();
  expect(persona.read().name).toBe("Jarvis");
  persona.read();
  expect(persona.said).toEqual([expect.stringContaining(`${join(folder, "jarvis.md")} does not exist`)]);
});

test("a change is told at once, unasked", async () => {
  save(GOOD);
  const persona = made();
  persona.start();
  try {
    save("---\nname: [\n---\n");
    await until(() => persona.said.length > 0, { withinMs: 5000, what: "the word about the persona" });
    expect(persona.said[0]).toContain("jarvis.md:");
  } finally {
    persona.stop();
  }
});
