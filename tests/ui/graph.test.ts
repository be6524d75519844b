// Where things stand on the stage: everything inside, nothing on top of each other, the same every time.
import { expect, test } from "bun:test";
import { graphOf, neighbour } from "../../ui/src/lib/scene/graph.ts";
import { arrange, rowsOf } from "../../ui/src/lib/scene/honeycomb.ts";

const nodes = (...sizes: number[]) =>
  sizes.map((size, node) => ({ id: `node/n${node}`, guests: Array.from({ length: size }, (_, guest) => `guest/${node}${String(guest).padStart(3, "0")}`) }));
const SIZES = [
  [1040, 681],
  [690, 540],
  [794, 430],
  [3000, 1500],
] as const;
const HOUSES = [nodes(8, 6, 6, 2), nodes(0), nodes(1), nodes(22, 0), nodes(130, 120, 130, 120), nodes(...Array.from({ length: 12 }, () => 7))];

test("each guest has exactly one cell, inside the stage, and no two cells overlap", () => {
  for (const [width, height] of SIZES)
    for (const house of HOUSES) {
      const graph = graphOf(width, height, house);
      const cells = graph.clusters.flatMap((cluster) => cluster.cells);
      expect(cells.map(({ id }) => id).sort()).toEqual(house.flatMap(({ guests }) => guests).sort());
      for (const { x, y } of cells) expect([x >= 0 && x <= width, y >= 0 && y <= height]).toEqual([true, true]);
      const least = graph.cellRadius * Math.sqrt(3);
      const tooClose = cells.some((a, index) => cells.slice(index + 1).some((b) => Math.hypot(a.x - b.x, a.y - b.y) < least - 0.01));
      expect(tooClose).toBe(false);
    }
});

test("the same house gives the same places", () => {
  expect(graphOf(1040, 681, nodes(8, 6, 6, 2))).toEqual(graphOf(1040, 681, nodes(8, 6, 6, 2)));
});

test("four nodes stand in four corners, and a link ends at each frame", () => {
  const { clusters, centre } = graphOf(1040, 681, nodes(8, 6, 6, 2));
  expect(clusters.map(({ x, y }) => [x < centre.x, y < centre.y])).toEqual([
    [true, true],
    [false, true],
    [false, false],
    [true, false],
  ]);
  for (const { link, y } of clusters) expect(link.at(-1)?.[1]).toBe(y);
});

test("a narrow stage shows the orb alone", () => {
  expect(graphOf(390, 348, nodes(8, 6)).clusters).toEqual([]);
  expect(graphOf(390, 348, nodes(8, 6)).orbOnly).toBe(true);
});

test("five hundred guests still have a cell of eight pixels or more", () => {
  expect(graphOf(1040, 681, nodes(125, 125, 125, 125)).cellRadius).toBeGreaterThanOrEqual(8);
});

test("rows hold all and the right side is mirrored", () => {
  for (let count = 0; count < 60; count += 1) expect(rowsOf(count).reduce((sum, row) => sum + row, 0)).toBe(count);
  expect(rowsOf(8)).toEqual([3, 2, 3]);
  expect(arrange(6, 20, true).places.map(([x]) => -x)).toEqual(arrange(6, 20, false).places.map(([x]) => x));
});

test("arrow keys go to the nearest cell that way, and stay when there is none", () => {
  const cells = [
    { id: "a", x: 0, y: 0 },
    { id: "b", x: 50, y: 4 },
    { id: "c", x: 120, y: 0 },
    { id: "d", x: 10, y: 60 },
  ];
  expect(neighbour(cells, "a", 1, 0)).toBe("b");
  expect(neighbour(cells, "a", 0, 1)).toBe("d");
  expect(neighbour(cells, "a", -1, 0)).toBeUndefined();
});
