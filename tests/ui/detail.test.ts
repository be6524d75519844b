// A sheet tells every figure and label in people's words with units, in groups, without a raw key.
import { expect, test } from "bun:test";
import { detailsOf } from "../../ui/src/lib/detail/detail.ts";
import { nameWords, unitOf, valueWords } from "../../ui/src/lib/detail/words.ts";

const NOW = Date.UTC(2026, 10, 20, 20, 0);
const GIB = 1024 ** 3;

test("the unit is read from the end of the name, and what is left is its name", () => {
  const said = (name: string, value: number): string => `${nameWords(unitOf(name).stem)}: ${unitOf(name).words(value)}`;
  expect(
    [
      ["pressureIoSomePercent", 12.345],
      ["waitPercent", 3.24],
      ["pendingBytes", 3.5 * GIB],
      ["netInBytesPerSecond", 2 * 1024 ** 2],
      ["backupAgeSeconds", 93_600],
      ["fullInDays", 1],
      ["temperatureCelsius", 41],
      ["zfsFragmentationPercent", 17],
      ["updates", 14],
      ["load1", 1.25],
    ].map(([name, value]) => said(String(name), Number(value))),
  ).toEqual([
    "Some wait for I/O: 12 %",
    "Waiting for disks: 3.2 %",
    "Pending: 3.5 GiB",
    "Network in: 2 MiB/s",
    "Backup age: 1 d 2 h",
    "Full in: 1 day",
    "Temperature: 41 °C",
    "ZFS fragmentation: 17 %",
    "Updates: 14",
    "Load, 1 min: 1.3",
  ]);
});

test("a moment is told with how long ago or ahead, a list with its parts apart", () => {
  expect(valueWords("2026-11-20T18:00:00Z", NOW)).toEndWith(", 2 h ago");
  expect(valueWords("2026-12-20T20:00:00Z", NOW)).toEndWith(", in 30 d");
  expect(valueWords("web;prod,eu", NOW)).toBe("web, prod, eu");
});

test("used and total are one row, rows stand in groups, and what the sheet draws as bars is not told twice", () => {
  const figures = {
    cpuPercent: 4,
    memoryBytes: 1,
    memoryTotalBytes: 2,
    uptimeSeconds: 9,
    rootBytes: 20 * GIB,
    rootTotalBytes: 80 * GIB,
    swapBytes: 0,
    swapTotalBytes: 0,
    waitPercent: 1,
  };
  const labels = { kernel: "6.17.2-2-pve", lock: "backup", oldestsnapshot: "before-update", digest: "abc", tags: "" };
  expect(detailsOf({ figures, labels }, NOW)).toEqual([
    { title: "State", rows: [{ name: "Locked by", words: "backup" }] },
    {
      title: "Load",
      rows: [
        { name: "Swap", words: "none" },
        { name: "Waiting for disks", words: "1 %" },
      ],
    },
    { title: "Room", rows: [{ name: "Root disk", words: "20 GiB of 80 GiB (25 %)" }] },
    { title: "Copies", rows: [{ name: "Oldest snapshot", words: "before-update" }] },
    { title: "Upkeep", rows: [{ name: "Kernel", words: "6.17.2-2-pve" }] },
  ]);
});

test("a name nobody knows is still written as words, and no group is empty", () => {
  const groups = detailsOf({ figures: { queueDepthCount: 3, odd_thing: 2 }, labels: { "x-firmware": "A2" } }, NOW);
  expect(groups).toEqual([
    {
      title: "About",
      rows: [
        { name: "Queue depth", words: "3" },
        { name: "Odd thing", words: "2" },
        { name: "X firmware", words: "A2" },
      ],
    },
  ]);
});

test("what it cannot run without is named, and only the first of many", () => {
  const needs = Array.from({ length: 14 }, (_, at) => `storage/pve/${at}`);
  expect(detailsOf({ needs: needs.slice(0, 2) }, NOW, (id) => (id === "storage/pve/0" ? "tank" : id))).toEqual([
    { title: "About", rows: [{ name: "Cannot run without", words: "tank, storage/pve/1" }] },
  ]);
  expect(detailsOf({ needs }, NOW)[0]?.rows[0]?.words).toEndWith("storage/pve/11 and 2 more");
});
