// Pointy-top hexagons in rows: how many of them lie where around a middle. Pure.

export interface Comb {
  places: readonly (readonly [number, number])[];
  halfWidth: number;
  halfHeight: number;
}

const GAP = 3;
const WIDER = 1.15;

/** A little wider than tall. */
export const columnsOf = (count: number): number => Math.max(1, Math.round(Math.sqrt(count * WIDER)));

/** Lengths of the rows: alternating when that comes out even, else full rows pushed half a cell. */
export const rowsOf = (count: number, wide = columnsOf(count)): number[] => {
  if (count <= 0) return [];
  for (const first of wide > 1 ? [wide, wide - 1] : []) {
    const other = first === wide ? wide - 1 : wide;
    const rows: number[] = [];
    let left = count;
    while (left > 0) {
      const next = rows.length % 2 === 0 ? first : other;
      rows.push(next);
      left -= next;
    }
    if (left === 0 && rows.length > 1) return rows;
  }
  return Array.from({ length: Math.ceil(count / wide) }, (_, row) => Math.min(wide, count - row * wide));
};

export const arrange = (count: number, radius: number, mirrored: boolean, wide?: number): Comb => {
  const rows = rowsOf(count, wide);
  const stepX = radius * Math.sqrt(3) + GAP;
  const stepY = radius * 1.5 + GAP;
  const [widest = 0] = [...rows].sort((a, b) => b - a);
  const flush = rows.length > 1 && rows[0] === rows[1];
  const places = rows.flatMap((length, row) => {
    const pushed = flush ? (row % 2 === 1 ? stepX / 4 : -stepX / 4) : 0;
    const start = flush ? -(widest - 1) / 2 : -(length - 1) / 2;
    return Array.from({ length }, (_, index): [number, number] => {
      const x = (start + index) * stepX + pushed;
      return [mirrored ? -x : x, (row - (rows.length - 1) / 2) * stepY];
    });
  });
  return { places, halfWidth: (widest * stepX) / 2 + (flush ? stepX / 4 : 0), halfHeight: rows.length === 0 ? 0 : ((rows.length - 1) * stepY) / 2 + radius };
};
