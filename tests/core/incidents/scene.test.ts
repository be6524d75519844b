// A scene stays small however much there is to keep.
import { expect, test } from "bun:test";
import { bounded, MOST_BYTES } from "../../../core/incidents/scene.ts";

const sizeOf = (pieces: Record<string, string>): number => Object.entries(pieces).reduce((sum, [name, text]) => sum + Buffer.byteLength(name) + Buffer.byteLength(text), 0);

test("a small scene is kept as it is", () => expect(bounded({ log: "a", config: "b" })).toEqual({ log: "a", config: "b" }));

test("a large one is 64 KiB in all: small pieces whole, large ones sharing the rest and saying that they are cut", () => {
  const kept = bounded({ log: "ä".repeat(200_000), numbers: "1".repeat(100_000), config: "onboot: 1" });
  expect(sizeOf(kept)).toBeLessThanOrEqual(MOST_BYTES);
  expect(sizeOf(kept)).toBeGreaterThan(MOST_BYTES - 20);
  expect(kept.config).toBe("onboot: 1");
  for (const name of ["log", "numbers"]) expect(kept[name]).toEndWith("[cut]");
  expect(kept.log).not.toContain("\uFFFD");
});
