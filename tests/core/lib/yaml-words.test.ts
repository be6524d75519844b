// A fault in YAML is told by its line, what is wrong there and what to do, never in the parser's own words.
import { expect, test } from "bun:test";
import { readDocument } from "../../../core/settings/document.ts";

test.each([
  ["a: [1, 2\nb: 3\n", "x.yaml:2:1", "a list in [ ] or a mapping in { } is not closed"],
  ["a:\n  - 1\n b: 2\n", "x.yaml:3:1", "give the keys of one level the same number of spaces"],
  ["key: value: 3\n", "x.yaml:1:6", "put a text that holds {, [, # or a colon and a space in quotes"],
  ["\ta: 1\n", "x.yaml:1:1", "indent with spaces"],
  ['a: "x\nb: 2\n', "x.yaml:3:1", "a quote that is never closed"],
  ["a: 1\na: 2\n", "x.yaml:2:1", "this key stands here twice"],
  ["a: @x\n", "x.yaml:1:4", "a value cannot begin with @: put it in quotes"],
  ["address sir\nname: x\n", "x.yaml:1:1", "write key: value on one line"],
  ["well: {address}, all well\n", "x.yaml:1:16", "this does not belong here"],
])("%j is told at %s", (text, place, words) => {
  const [first] = readDocument(text, "x.yaml").faults;
  expect(first?.place).toBe(place);
  expect(first?.message).toContain(words);
});
