// How fast bytes go: from two counts of Proxmox; what cannot be told is absent, never negative and never huge.
import { describe, expect, test } from "bun:test";
import { createMotion } from "../../../plugins/proxmox/monitors/guest/motion.ts";
import { Entry } from "../../../plugins/proxmox/shapes/resources.ts";
import { rateOf } from "../../../plugins/proxmox/shapes/traffic.ts";

describe("the rate of two counts", () => {
  const before = { atMs: 100_000, total: 1_000 };
  test("is bytes by seconds, told in three digits", () => {
    expect(rateOf(before, { atMs: 110_000, total: 12_346_678 })).toBe(1_230_000);
    expect(rateOf(before, { atMs: 110_000, total: 1_004 })).toBe(0);
    expect(rateOf(before, { atMs: 110_000, total: 1_000 })).toBe(0);
    expect(rateOf(before, { atMs: 110_000, total: 9_766 })).toBe(877);
  });
  test.each([
    ["the first count", undefined, { atMs: 110_000, total: 5 }],
    ["a counter that fell", before, { atMs: 110_000, total: 999 }],
    ["a clock that went back", before, { atMs: 90_000, total: 5_000 }],
    ["the same moment", before, { atMs: 100_500, total: 5_000 }],
    ["a gap", before, { atMs: 400_000, total: 5_000_000_000 }],
    ["a count that was not told", before, { atMs: 110_000, total: undefined }],
    ["a count that was not told before", { atMs: 100_000, total: undefined }, { atMs: 110_000, total: 5_000_000_000 }],
  ])("is none for %s", (_, first, then) => expect(rateOf(first, then)).toBeUndefined());
});

describe("a guest's traffic", () => {
  const START_MS = 1_800_000_000_000;
  const entry = (uptime: number, total: number, more: object = {}) =>
    Entry.parse({ type: "qemu", vmid: 101, node: "pve", status: "running", uptime, netin: total, netout: total / 10, diskread: 0, diskwrite: total * 2, ...more });
  const watch = () => {
    const motion = createMotion();
    let nowMs = START_MS;
    return (afterMs: number, ...seen: Parameters<typeof entry>) => {
      nowMs += afterMs;
      motion.see(entry(...seen), nowMs);
      return motion.traffic(101, nowMs);
    };
  };
  const of = (bytes: number) => ({ netInBytesPerSecond: bytes, netOutBytesPerSecond: bytes / 10, diskReadBytesPerSecond: 0, diskWriteBytesPerSecond: bytes * 2 });

  test("is that between the last two rounds of its node, by the guest's own time; a round told twice changes nothing", () => {
    const see = watch();
    expect(see(0, 1_000, 0)).toEqual({});
    expect(see(14_000, 1_010, 50_000)).toEqual(of(5_000));
    expect(see(10_000, 1_010, 50_000)).toEqual(of(5_000));
    expect(see(10_000, 1_020, 60_000)).toEqual(of(1_000));
  });
  test("is not known after a restart, after a gap, and when its numbers stand still", () => {
    const see = watch();
    see(0, 1_000, 0);
    expect(see(10_000, 5, 900)).toEqual({});
    expect(see(10_000, 15, 10_900)).toEqual(of(1_000));
    expect(see(300_000, 315, 90_000_000)).toEqual({});
    expect(see(10_000, 325, 90_010_000)).toEqual(of(1_000));
    for (let times = 0; times < 3; times += 1) expect(see(10_000, 325, 90_010_000)).toEqual(of(1_000));
    expect(see(10_000, 325, 90_010_000)).toEqual({});
  });
  test("stays as told while it wavers by less than its span is known by; nothing is always told as nothing", () => {
    const see = watch();
    see(0, 1_000, 0);
    expect(see(10_000, 1_010, 100_000)).toEqual(of(10_000));
    expect(see(10_000, 1_020, 208_000)).toEqual(of(10_000));
    expect(see(10_000, 1_030, 320_000)).toEqual(of(11_200));
    expect(see(10_000, 1_040, 320_000)).toEqual(of(0));
  });
  test("leaves out what its node does not count", () => {
    const see = watch();
    see(0, 1_000, 0, { diskread: undefined, diskwrite: undefined });
    expect(see(10_000, 1_010, 10_000, { diskread: undefined, diskwrite: undefined })).toEqual({
      netInBytesPerSecond: 1_000,
      netOutBytesPerSecond: 100,
      diskReadBytesPerSecond: undefined,
      diskWriteBytesPerSecond: undefined,
    });
  });
});
