// The slow lane: never more calls a minute than its shares, and who the guests are before all that can wait.
import { expect, test } from "bun:test";
import { createLane } from "../../../../plugins/proxmox/client/lane.ts";

const MINUTE_MS = 60_000;

test("what is due gets four calls a minute, what is learned by and by two of its own", () => {
  const lane = createLane();
  expect([lane.take(0, 9), lane.take(1000, 1), lane.take(1000, 9, "idle")]).toEqual([4, 0, 2]);
  expect(lane.take(MINUTE_MS + 1, 9)).toBe(4);
});

test("the past takes one call a minute of what is left, and lets those by who did not get what they wanted", () => {
  const lane = createLane();
  expect([lane.take(0, 3, "past"), lane.take(1000, 1, "past")]).toEqual([1, 0]);
  // One of two is no use to who needs two: it waits, and so does the past until it had its turn.
  expect(lane.take(2000, 2, "idle")).toBe(1);
  expect(lane.take(MINUTE_MS + 3000, 1, "past")).toBe(0);
  expect(lane.take(2 * MINUTE_MS + 4000, 2, "idle")).toBe(2);
  expect(lane.take(3 * MINUTE_MS + 5000, 1, "past")).toBe(1);
});

test("who a guest is can be asked at once, whatever the others have taken", () => {
  const lane = createLane();
  lane.take(0, 9);
  expect(lane.take(0, 1, "who")).toBe(1);
});

test("while guests are still to be known the others step back: no minute costs more", () => {
  const lane = createLane();
  let sent = 0;
  for (let second = 0; second < 60; second += 10) {
    sent += lane.take(second * 1000, 1, "who");
    sent += lane.take(second * 1000, 9);
    sent += lane.take(second * 1000, 9, "idle");
  }
  expect(sent).toBe(5 + 2);
});
