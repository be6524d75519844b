// Shapes of one pointy-top cell: its outline, the part below its level, its dashes. Flat lists of x, y. Pure.

const CORNERS = Array.from({ length: 6 }, (_, index) => Math.PI / 6 + (index * Math.PI) / 3);

export const outline = (x: number, y: number, radius: number): number[] => CORNERS.flatMap((angle) => [x + Math.cos(angle) * radius, y + Math.sin(angle) * radius]);

/** The part of the cell that is filled up to `level` (0 to 1) from below. */
export const filled = (x: number, y: number, radius: number, level: number): number[] => {
  const top = y + radius - radius * 2 * Math.max(0, Math.min(1, level));
  const corners = CORNERS.map((angle) => [x + Math.cos(angle) * radius, y + Math.sin(angle) * radius] as const);
  return corners.flatMap(([ax, ay], index) => {
    const [bx, by] = corners[(index + 1) % corners.length] ?? [ax, ay];
    const inside = ay >= top ? [ax, ay] : [];
    if (ay >= top === by >= top) return inside;
    const share = (top - ay) / (by - ay);
    return [...inside, ax + (bx - ax) * share, top];
  });
};

/** Half the width of the cell at the height of its level. */
export const halfWidthAt = (radius: number, level: number): number => {
  const dy = Math.abs(radius - radius * 2 * level);
  const straight = radius / 2;
  const full = (radius * Math.sqrt(3)) / 2;
  return dy <= straight ? full : Math.max(0, (full * (radius - dy)) / straight);
};

/** Dashes along the outline: start x, y, end x, y each. */
export const dashes = (x: number, y: number, radius: number, length = 4): [number, number, number, number][] => {
  const points = outline(x, y, radius);
  const found: [number, number, number, number][] = [];
  for (let corner = 0; corner < 6; corner += 1) {
    const [ax = 0, ay = 0] = points.slice(corner * 2);
    const [bx = 0, by = 0] = points.slice(((corner + 1) % 6) * 2);
    const side = Math.hypot(bx - ax, by - ay);
    for (let at = 0; at < side; at += length * 2) {
      const [from, to] = [at / side, Math.min(1, (at + length) / side)];
      found.push([ax + (bx - ax) * from, ay + (by - ay) * from, ax + (bx - ax) * to, ay + (by - ay) * to]);
    }
  }
  return found;
};
