// Which names a pattern picks.
import { expect, test } from "bun:test";
import { isChannelName, isChannelOrPattern, matches } from "../../../core/contract/pattern.ts";

test.each([
  ["core/*", "core/drawn", true],
  ["core/*", "core/a/b", false],
  ["**", "core/a/b", true],
  ["*/events", "farm/events", true],
  ["core/**", "core", true],
  ["core/**", "corex/a", false],
  ["a/**/d", "a/b/c/d", true],
  ["a/b", "a/b", true],
  ["a/b", "a/b/c", false],
])("%p picks %p: %p", (pattern, name, picked) => {
  expect(matches(pattern, name)).toBe(picked);
});

test.each(["../etc", "a b", "", "a//b", "/a", "a/", "a/**b"])("%p is no pattern", (text) => {
  expect(isChannelOrPattern(text)).toBe(false);
});

test("a channel's name has no star", () => {
  expect(isChannelName("core/*")).toBe(false);
  expect(isChannelName("core/drawn")).toBe(true);
});
