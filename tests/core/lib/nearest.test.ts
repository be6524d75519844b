// The nearest known word: near enough to help, never a wild guess, and quick however much is known.
import { describe, expect, test } from "bun:test";
import { didYouMean, nearest } from "../../../core/lib/nearest.ts";

describe("a mistyped word", () => {
  test("swaps, slips and beginnings are near, other words are not", () => {
    const known = ["status", "start", "stop", "token"];
    expect(nearest("sttaus", known)).toBe("status");
    expect(nearest("stat", known)).toBe("status");
    expect(nearest("tok", known)).toBe("token");
    expect(nearest("banana", known)).toBeUndefined();
    expect(nearest("proxmx", ["proxmox", "docker"])).toBe("proxmox");
  });

  test("one letter is no word, and case does not matter", () => {
    expect(nearest("x", ["ab", "y"])).toBeUndefined();
    expect(nearest("Core/Feed", ["core/feed"])).toBe("core/feed");
    expect(nearest("tools.lst", ["tools.list"])).toBe("tools.list");
  });

  test("is told as a question, or not at all", () => {
    expect(didYouMean("proxmx", ["proxmox"])).toBe(" Did you mean proxmox?");
    expect(didYouMean("zzz", ["proxmox"])).toBe("");
  });

  test("thousands of long known names take no time", () => {
    const known = Array.from({ length: 100_000 }, (_, index) => `plugin/${"x".repeat(180)}${index}`);
    const began = performance.now();
    nearest(`plugin/${"y".repeat(190)}`, known);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
