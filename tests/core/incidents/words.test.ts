// What an incident says of itself: units a person reads, and no success claimed that was none.
import { expect, test } from "bun:test";
import { fixed, waits, withIt } from "../../../core/incidents/words.ts";

test.each([
  [19, "19 s"],
  [89, "89 s"],
  [320, "5 min"],
  [3 * 3600, "3 h"],
])("what took %d s is said to have taken %s", (seconds, words) => expect(fixed("one", seconds)).toBe(`one is well again after ${words}. I checked twice.`));

test("a try is called a try: it may well have failed", () => {
  expect(waits("one", 1, Date.UTC(2026, 5, 1, 9, 4, 20))).toBe("I have tried to mend one once within the hour, so I wait: the next try is at 09:05 UTC.");
  expect(waits("one", 2, 15 * 60_000)).toContain("2 times");
});

test("what goes with it is a sentence of its own", () => {
  expect(withIt("One more node and homelab stops", ["cadvisor", "jellyfin"])).toBe("One more node and homelab stops. 2 with it: cadvisor, jellyfin.");
  expect(withIt("It is full.", ["cadvisor"])).toBe("It is full. 1 with it: cadvisor.");
  expect(withIt("It is full", [])).toBe("It is full");
});
