// What hides in text from outside is shown as a sign, one for one; everything a person can see stays as it is.
import { expect, test } from "bun:test";
import { visible, visibleData } from "../../../core/lib/visible.ts";

test("escape sequences, bidi overrides, zero-width and tag characters become signs", () => {
  expect(visible("\u001b[31mred\u0007")).toBe("␛[31mred␇");
  expect(visible("gnp\u202etxt.exe")).toBe("gnp�txt.exe");
  expect(visible("a\u200bb\u{e0041}")).toBe("a�b�");
});

test("lines, tabs, letters of every script and plain data stay; a carriage return before a line feed goes", () => {
  const plain = { name: "Wäsche-Häuschen 東京 🏠", lines: "a\n\tb", count: 3, none: null };
  expect(visibleData(plain)).toBe(plain);
  expect(visible("a\r\nb\rc")).toBe("a\nb␍c");
});

test("data is shown through and through, its keys too", () => {
  const given: unknown = { list: [{ "k\u0000": "v\u001b" }] };
  expect(visibleData(given)).toEqual({ list: [{ "k␀": "v␛" }] });
});
