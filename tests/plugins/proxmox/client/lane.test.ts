// The slow lane: never more calls a minute than its shares, and who the guests are before all that can wait.
import { expect, test } from "bun:test";
import { createLane } from "../../../../plugins/proxmox/client/lane.ts";

const MINUTE_MS = 60_000;

test("what is due gets four calls a minute, what is learned by and by of the rest", () => {
  const lane = createLane();
  expect([lane.take(0, 9), lane.take(1000, 1), lane.take(1000, 9, "idle")]).toEqual([4, 0, 1]);
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
  lane.take(0, 9, "idle");
  expect(lane.take(0, 1, "who")).toBe(1);
});

test("the burst a run begins with puts off nobody's being known", () => {
  const lane = createLane();
  lane.take(0, 9);
  lane.take(0, 9, "idle");
  lane.appointed(0, 3, 600_000, "upkeep");
  const known = [0, 10, 20, 30, 40, 50].map((second) => lane.take(second * 1000, 1, "who"));
  expect(known).toEqual([1, 1, 1, 1, 1, 0]);
});

test("while guests are still to be known the others step back", () => {
  const lane = createLane();
  expect(lane.take(0, 1, "who")).toBe(1);
  expect([lane.take(0, 9), lane.take(0, 9, "idle")]).toEqual([1, 0]);
});

test("what needs several calls gets all or none; refused, its place is kept and it has its turn a minute later", () => {
  const lane = createLane();
  expect(lane.take(0, 4)).toBe(4);
  expect(lane.whole(1000, 3, "rights")).toBe(false);
  // Three of the next minute's five are its own.
  expect(lane.take(60_500, 9)).toBe(2);
  expect(lane.whole(61_000, 3, "rights")).toBe(true);
  expect(lane.take(62_000, 9)).toBe(0);
});

test("its turn comes in the next minute also while guests are learned, who take what is left and one more", () => {
  const lane = createLane();
  for (let second = 60; second < 120; second += 10) lane.take(second * 1000, 1, "who");
  expect(lane.whole(121_000, 3, "rights")).toBe(false);
  let known = 0;
  for (let second = 122; second < 181; second += 10) known += lane.take(second * 1000, 1, "who");
  expect(known).toBeGreaterThan(0);
  expect(lane.whole(181_500, 3, "rights")).toBe(true);
  expect(lane.take(182_000, 1, "who")).toBe(0);
});

test("an appointment goes out whatever else does, and the others keep away from the next one", () => {
  const lane = createLane();
  lane.appointed(0, 3, 600_000, "upkeep");
  expect(lane.take(0, 9)).toBe(2);
  expect(lane.take(300_000, 9)).toBe(4);
  expect(lane.take(590_000, 9)).toBe(2);
  lane.appointed(600_000, 3, 600_000, "upkeep");
  expect(lane.take(601_000, 9, "idle")).toBe(0);
});

test("who asks for an appointment's reading again and again takes nobody's turn", () => {
  const lane = createLane();
  lane.appointed(0, 3, 600_000, "upkeep");
  for (let second = 1; second < 60; second += 1) lane.appointed(second * 1000, 3, 600_000, "upkeep");
  expect([lane.take(60_000, 9), lane.take(60_000, 1, "who")]).toEqual([4, 1]);
});

test("whoever asks how often: no minute holds more than six calls, and five where everybody is known, wherever it begins", () => {
  const lane = createLane();
  const sent: number[] = [];
  const note = (at: number, calls: number): void => {
    for (let call = 0; call < calls; call += 1) sent.push(at);
  };
  for (let at = 0; at < 40 * MINUTE_MS; at += 5000) {
    if (at % 60_000 === 5000) note(at, lane.take(at, 3));
    if (at % 90_000 === 0) note(at, lane.take(at, 2));
    if (at < 4 * MINUTE_MS) note(at, lane.take(at, 1, "who"));
    if (at % 40_000 === 0) note(at, lane.take(at, 2, "idle"));
    if (at % 20_000 === 0) note(at, lane.take(at, 1, "past"));
    if (at % 60_000 === 30_000 && at > 10 * MINUTE_MS && lane.whole(at, 3, "rights")) note(at, 3);
    if (at % (10 * MINUTE_MS) === 0) {
      lane.appointed(at, 2, 10 * MINUTE_MS, "backups");
      note(at, 2);
    }
  }
  const most = (after: number): number => Math.max(...sent.filter((at) => at >= after).map((from) => sent.filter((at) => at >= from && at < from + MINUTE_MS).length));
  expect(most(MINUTE_MS)).toBeLessThanOrEqual(6);
  expect(most(5 * MINUTE_MS)).toBeLessThanOrEqual(5);
});

test("what is asked for by a person, or read again after an outage, is bounded too, and takes nobody else's turn", () => {
  const lane = createLane();
  expect([lane.asked(0, 50), lane.asked(1000, 20)]).toEqual([50, 10]);
  expect([lane.take(2000, 9), lane.take(2000, 1, "who")]).toEqual([4, 1]);
  expect(lane.asked(MINUTE_MS + 1500, 3)).toBe(3);
});
