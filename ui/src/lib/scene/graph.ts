// Where everything stands on the stage: one pure function feeds both the canvas and the buttons above it.
import { arrange, columnsOf } from "./honeycomb.ts";

export interface GraphNode {
  id: string;
  guests: readonly string[];
  /** Its cells stand in an order that is read, so that its rows run from left to right on both sides. */
  ordered?: boolean;
}
export interface Cell {
  id: string;
  x: number;
  y: number;
}
export interface Cluster {
  id: string;
  x: number;
  y: number;
  halfWidth: number;
  halfHeight: number;
  side: "left" | "right";
  /** Where the name stands: above or below the frame. */
  label: { x: number; y: number; below: boolean };
  cells: readonly Cell[];
  /** From the ring to the frame. */
  link: readonly (readonly [number, number])[];
  /** Direction from the orb, radians. */
  angle: number;
}
export interface Graph {
  width: number;
  height: number;
  centre: { x: number; y: number };
  /** The orb's radius. */
  radius: number;
  cellRadius: number;
  /** Too narrow for clusters: the orb alone. */
  orbOnly: boolean;
  clusters: readonly Cluster[];
}

const NARROW = 620;
const CELL_MOST = 38;
const CELL_LEAST = 5;
const FRAME = 9;
const LABEL = 30;
/** Below this a number no longer fits in a cell. */
export const NUMBER_RADIUS = 15;

interface Slot {
  x: number;
  y: number;
  width: number;
  height: number;
  side: "left" | "right";
  below: boolean;
}

/** Corners for up to four, then both edges shared by rows from the top. The order given is kept: left, right, left, right. */
const slotsFor = (count: number, width: number, height: number, free: number): Slot[] => {
  const rows = Math.max(2, Math.ceil(count / 2));
  const tall = (height - 84) / rows;
  return Array.from({ length: count }, (_, index) => {
    const right = count === 2 ? index === 1 : count <= 4 ? index === 1 || index === 2 : index % 2 === 1;
    const row = count <= 4 ? (index < 2 ? 0 : 1) : Math.floor(index / 2);
    const y = 12 + tall * (row + 0.5) - (row === rows - 1 && rows === 2 ? 14 : 0);
    return { x: right ? width - 10 - free / 2 : 10 + free / 2, y, width: free, height: tall - 12, side: right ? "right" : "left", below: row >= rows / 2 };
  });
};

const elbow = (centre: { x: number; y: number }, ring: number, slot: Slot, halfWidth: number): [number, number][] => {
  const side = slot.side === "left" ? -1 : 1;
  const angle = Math.atan2(slot.y - centre.y, slot.x - centre.x);
  const startX = centre.x + Math.cos(angle) * ring;
  const startY = centre.y + Math.sin(angle) * ring;
  const endX = slot.x - side * (halfWidth + FRAME + 3);
  const run = Math.max(0, Math.min(Math.abs(slot.y - startY), Math.abs(endX - startX) - 8));
  return [
    [startX, startY],
    [startX + side * run, slot.y],
    [endX, slot.y],
  ];
};

const clusterAt = (
  node: GraphNode,
  slot: Slot,
  { cellRadius, wide }: { cellRadius: number; wide: number | undefined },
  centre: { x: number; y: number },
  ring: number,
): Cluster => {
  const comb = arrange(node.guests.length, cellRadius, slot.side === "right" && node.ordered !== true, wide);
  const halfWidth = Math.max(comb.halfWidth, cellRadius * 1.7);
  const halfHeight = Math.max(comb.halfHeight, cellRadius);
  const edge = slot.side === "left" ? slot.x - slot.width / 2 + halfWidth + FRAME : slot.x + slot.width / 2 - halfWidth - FRAME;
  const x = slot.side === "left" ? Math.max(edge, Math.min(slot.x, edge + 24)) : Math.min(edge, Math.max(slot.x, edge - 24));
  const top = halfHeight + FRAME + LABEL + 6;
  const y = slot.below ? slot.y : Math.max(slot.y, top);
  const cells = comb.places.flatMap(([dx, dy], index) => {
    const id = node.guests[index];
    return id === undefined ? [] : [{ id, x: x + dx, y: y + dy }];
  });
  const placed = { ...slot, x, y };
  const label = { x, y: slot.below ? y + halfHeight + FRAME + 8 : y - halfHeight - FRAME - 8, below: slot.below };
  return { id: node.id, x, y, halfWidth, halfHeight, side: slot.side, label, cells, link: elbow(centre, ring, placed, halfWidth), angle: Math.atan2(y - centre.y, x - centre.x) };
};

/** How many columns fit the slot with cells of this size: as near to the best shape as can be. */
const columnsFor = (count: number, radius: number, slot: Slot): number | undefined => {
  const best = columnsOf(count);
  const fits = (wide: number): boolean => {
    const comb = arrange(count, radius, false, wide);
    return comb.halfWidth + FRAME <= slot.width / 2 && comb.halfHeight * 2 + FRAME * 2 + LABEL <= slot.height;
  };
  for (let away = 0; away < Math.max(best, count); away += 1) {
    if (best - away >= 1 && fits(best - away)) return best - away;
    if (away > 0 && fits(best + away)) return best + away;
    if (away > best * 2) return undefined;
  }
  return fits(best) ? best : undefined;
};

/** The largest cell with which every cluster fits its slot, and the columns of each. */
const fitting = (nodes: readonly GraphNode[], slots: readonly Slot[], most: number): { radius: number; columns: readonly number[] } => {
  for (let radius = most; radius > CELL_LEAST; radius -= 1) {
    const columns = nodes.flatMap(({ guests }, index) => {
      const slot = slots[index];
      const wide = slot && columnsFor(guests.length, radius, slot);
      return wide === undefined ? [] : [wide];
    });
    if (columns.length === nodes.length) return { radius, columns };
  }
  return { radius: CELL_LEAST, columns: nodes.map(({ guests }) => columnsOf(guests.length)) };
};

export const graphOf = (width: number, height: number, nodes: readonly GraphNode[]): Graph => {
  const orbOnly = width < NARROW;
  const radius = orbOnly ? Math.min(width * 0.2, height * 0.184) : Math.min(width * 0.106, height * 0.176);
  const centre = { x: width / 2, y: height * (orbOnly ? 0.352 : 0.43) };
  if (orbOnly || nodes.length === 0) return { width, height, centre, radius, cellRadius: 0, orbOnly, clusters: [] };
  const ring = radius * 2.06;
  const free = width / 2 - radius * 1.9 - 14;
  const slots = slotsFor(nodes.length, width, height, free);
  const { radius: cellRadius, columns } = fitting(nodes, slots, Math.max(NUMBER_RADIUS, Math.min(CELL_MOST, width / 29.5, height / 17)));
  const clusters = nodes.flatMap((node, index) => {
    const slot = slots[index];
    return slot === undefined ? [] : [clusterAt(node, slot, { cellRadius, wide: columns[index] }, centre, ring)];
  });
  return { width, height, centre, radius, cellRadius, orbOnly, clusters };
};

/** The neighbour in a direction, for arrow keys: the nearest cell within 60 degrees of it. */
export const neighbour = (cells: readonly Cell[], from: string, dx: number, dy: number): string | undefined => {
  const here = cells.find(({ id }) => id === from);
  if (here === undefined) return cells[0]?.id;
  const ranked = cells.flatMap((cell) => {
    const [x, y] = [cell.x - here.x, cell.y - here.y];
    const distance = Math.hypot(x, y);
    const along = distance === 0 ? 0 : (x * dx + y * dy) / distance;
    return along > 0.5 ? [{ id: cell.id, cost: distance / along }] : [];
  });
  return ranked.sort((a, b) => a.cost - b.cost)[0]?.id;
};
