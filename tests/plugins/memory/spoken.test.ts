// What people say to the memory, in English and German, and what none of it is: the sentences its tools declare, read by the core's own grammar.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { readSentence, type Told } from "../../../core/agent/reflex/sentence.ts";
import { createClock } from "../../../core/lib/clock.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";
import { testHost } from "../../support/host.ts";
import { records } from "../../support/records.ts";

const NOW_MS = 1_000_000;
const built = testHost({ folders: [join(import.meta.dir, "../../../plugins")], bundled: ["memory"], faces: records(createClock()) });
let tools: readonly BoundTool[] = [];
beforeAll(async () => {
  await built.host.start();
  tools = [...built.tools];
});
afterAll(() => built.host.stop());

const read = (text: string, told?: Told): unknown => {
  const found = readSentence(text, tools, told, NOW_MS);
  return found && [found.tool.name.replace("memory_fact_", ""), found.input, ...(found.missing.length === 0 ? [] : [{ missing: found.missing }])];
};

test.each([
  ["remember that grafana is the family's solar dashboard", "grafana is the family's solar dashboard"],
  ["Remember: the NAS sleeps on Sundays.", "the NAS sleeps on Sundays"],
  ["Jarvis, please remember that nginx must not be restarted before 8", "nginx must not be restarted before 8"],
  ["Could you remember that I prefer German reports?", "I prefer German reports"],
  ["don’t forget that the UPS battery is from 2021", "the UPS battery is from 2021"],
  ["Merk dir, dass der Drucker im Keller steht", "der Drucker im Keller steht"],
  ["denk daran, dass Müller die Tür hat", "Müller die Tür hat"],
])("%p is kept", (text, kept) => expect(read(text)).toEqual(["remember", { text: kept }]));

test.each([
  ["what do you know about nginx?", "nginx"],
  ["What did I tell you about the backup server?", "the backup server"],
  ["do you remember the wifi plan", "the wifi plan"],
  ["was weißt du über Grafana?", "Grafana"],
  ["Was weisst du ueber den Keller", "den Keller"],
])("%p is looked up", (text, query) => expect(read(text)).toEqual(["recall", { query }]));

test.each(["what do you remember?", "what do you know", "list facts", "Was hast du dir gemerkt?"])("%p lists", (text) => expect(read(text)).toEqual(["list", {}]));

test("that one is what was told last of the memory in this conversation, and no other's, and not for long", () => {
  const told: Told = { plugin: "memory", data: { id: 12 }, atMs: NOW_MS };
  expect(read("forget that", told)).toEqual(["forget", { id: 12 }]);
  expect(read("vergiss das wieder", told)).toEqual(["forget", { id: 12 }]);
  expect(read("forget fact 7", told)).toEqual(["forget", { id: 7 }]);
  expect(read("forget that the NAS sleeps on Sundays", told)).toEqual(["forget", { text: "the NAS sleeps on Sundays" }]);
  for (const other of [undefined, { ...told, plugin: "docker" }, { ...told, atMs: NOW_MS - 700_000 }])
    expect(read("forget that", other)).toEqual(["forget", {}, { missing: ["id"] }]);
  expect(read("confirm fact 3")).toEqual(["confirm", { id: 3 }]);
  expect(read("restore fact 3")).toEqual(["restore", { id: 3 }]);
});

test.each([
  "remember that nginx is slow?",
  '"remember that nginx is evil"',
  "you remember that nginx fell?",
  "nginx said remember that all is well",
  "status of nginx",
  "forget fact seven",
])("%p keeps and forgets nothing", (text) => expect(read(text)).toBeUndefined());
