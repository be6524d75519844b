// A tool is spoken by the sentences it declares, whatever plugin brings it; what begins otherwise, asks, quotes or forbids is not taken for one.
import { expect, test } from "bun:test";
import { z } from "zod";
import { readSentence } from "../../../core/agent/reflex/sentence.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";

const tool = (name: string, says: string[], input: z.ZodType, effect: BoundTool["effect"] = "reversible"): BoundTool => ({
  name,
  plugin: name.split("_")[0] ?? "",
  title: name,
  about: name,
  says,
  effect,
  input,
  deadlineMs: 1000,
  verifyMs: 1000,
  target: () => undefined,
  run: async () => ({ text: "done" }),
});
const tools = [
  tool(
    "bread_slice_toast",
    ["toast {count} slices of {kind}", "toast some more {=count}", "roeste {count} scheiben"],
    z.object({ count: z.number().describe("x"), kind: z.string().optional().describe("x") }),
  ),
  tool("bread_slice_count", ["how much bread is there"], z.object({}), "read"),
];
const read = (text: string, atMs = 0) => {
  const found = readSentence(text, tools, { plugin: "bread", data: { count: 3 }, atMs }, 1000);
  return found && { tool: found.tool.name, input: found.input, missing: found.missing };
};

test("fields are taken from where they stand, as their schema wants them", () => {
  expect(read("Please toast 4 slices of dark rye!")).toEqual({ tool: "bread_slice_toast", input: { count: 4, kind: "dark rye" }, missing: [] });
  expect(read("Röste 2 Scheiben")).toEqual({ tool: "bread_slice_toast", input: { count: 2 }, missing: [] });
  expect(read("toast four slices of rye")).toBeUndefined();
});

test("what was told last fills what no word stands for, while it is fresh", () => {
  expect(read("toast some more")).toEqual({ tool: "bread_slice_toast", input: { count: 3 }, missing: [] });
  expect(read("toast some more", -700_000)).toMatchObject({ missing: ["count"] });
});

test("a look may be asked for; an act is ordered, not asked, quoted or told of", () => {
  expect(read("how much bread is there?")).toMatchObject({ tool: "bread_slice_count" });
  expect(read("could you toast 2 slices of rye?")).toMatchObject({ input: { count: 2, kind: "rye" } });
  for (const none of ["toast 2 slices of rye?", '"toast 2 slices of rye"', "don't toast 2 slices of rye", "he said toast 2 slices of rye", "should I toast 2 slices of rye"])
    expect(read(none)).toBeUndefined();
});
