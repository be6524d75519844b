// A node's free memory, in the words of each release. Figures of our own, shaped as the releases shape them.
import { expect, test } from "bun:test";
import { memoryFreeOf, NodeMemory } from "../../../plugins/proxmox/shapes/node.ts";

const GIB = 1024 ** 3;
const free = (memory: Record<string, number>): number | undefined => memoryFreeOf(NodeMemory.parse({ memory }));

test.each([
  ["8.4: free with the page cache", { total: 32 * GIB, used: 12 * GIB, free: 20 * GIB }, 20 * GIB],
  ["9.0: free without the page cache, nothing called available", { total: 32 * GIB, used: 12 * GIB, free: 11 * GIB }, 20 * GIB],
  ["9.1: available", { total: 32 * GIB, used: 12 * GIB, free: 11 * GIB, available: 19 * GIB }, 19 * GIB],
  ["only free", { total: 32 * GIB, free: 7 * GIB }, 7 * GIB],
])("%s", (_, memory, expected) => {
  expect(free(memory)).toBe(expected);
});

test("unreadable is unknown, not zero", () => {
  expect(free({ total: 32 * GIB })).toBeUndefined();
});
