// Paints nodes' frames, links and guest cells. Level is CPU, outline is status; a shape stands beside every colour.
import type { Graphics } from "pixi.js";
import type { Condition } from "../resource/condition.ts";
import type { Cluster } from "./graph.ts";
import { dashes, filled, halfWidthAt, outline } from "./hex.ts";
import type { Palette } from "./palette.ts";
import type { StageView } from "./view.ts";

const toneOf = (condition: Condition, palette: Palette): number =>
  condition === "warn" ? palette.warn : condition === "crit" ? palette.crit : condition === "act" ? palette.arc : condition === "ok" ? palette.data : palette.idle;

const isBad = (condition: Condition | undefined): condition is "warn" | "crit" => condition === "warn" || condition === "crit";

const drawLink = (graphics: Graphics, { link }: Cluster, palette: Palette, broken: boolean): void => {
  const trace = (): Graphics => {
    for (const [index, [x, y]] of link.entries()) index === 0 ? graphics.moveTo(x, y) : graphics.lineTo(x, y);
    return graphics;
  };
  const [endX = 0, endY = 0] = link.at(-1) ?? [];
  if (broken) {
    trace().stroke({ color: palette.idle, alpha: 0.4, width: 1 });
    return;
  }
  trace().stroke({ color: palette.arc2, alpha: palette.light ? 0.45 : 0.42, width: 4, join: "round" });
  trace().stroke({ color: palette.arc, alpha: 0.7, width: 1 });
  graphics.rect(endX - 3, endY - 3, 6, 6).fill({ color: palette.arc });
};

const drawFrame = (graphics: Graphics, cluster: Cluster, condition: Condition | undefined, palette: Palette): void => {
  const bad = isBad(condition);
  const [wide, tall, length] = [cluster.halfWidth + 9, cluster.halfHeight + 9, 14];
  for (const [sx, sy] of [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ] as const) {
    const [x, y] = [cluster.x + sx * wide, cluster.y + sy * tall];
    graphics
      .moveTo(x, y - sy * length)
      .lineTo(x, y)
      .lineTo(x - sx * length, y);
  }
  graphics.stroke({ color: bad ? toneOf(condition, palette) : palette.data, alpha: bad ? 0.95 : 0.7, width: bad ? 2 : 1.25 });
};

const drawBadge = (graphics: Graphics, x: number, y: number, size: number, condition: "warn" | "crit", palette: Palette): void => {
  const points = condition === "warn" ? [x, y - size, x + size, y + size * 0.8, x - size, y + size * 0.8] : [x, y - size, x + size, y, x, y + size, x - size, y];
  graphics
    .poly(points)
    .fill({ color: toneOf(condition, palette) })
    .stroke({ color: palette.bg, width: 2, alignment: 0 });
};

/** A ring that hangs from a bar: down with its root, no fault of its own. */
const drawHurt = (graphics: Graphics, x: number, y: number, radius: number, palette: Palette): void => {
  const size = Math.max(3, radius * 0.16);
  const top = y - radius * 0.78;
  graphics
    .moveTo(x - size * 1.8, top)
    .lineTo(x + size * 1.8, top)
    .moveTo(x, top)
    .lineTo(x, top + size)
    .stroke({ color: palette.idle, alpha: 0.95, width: 1.4 });
  graphics.circle(x, top + size * 2, size).stroke({ color: palette.idle, alpha: 0.95, width: 1.4 });
};

const drawCell = (graphics: Graphics, x: number, y: number, radius: number, condition: Condition, level: number, palette: Palette): void => {
  const tone = toneOf(condition, palette);
  if (condition === "off" || condition === "stale" || condition === "hurt") {
    for (const [ax, ay, bx, by] of dashes(x, y, radius)) graphics.moveTo(ax, ay).lineTo(bx, by);
    graphics.stroke({ color: palette.idle, alpha: 0.75, width: 1.2 });
    if (condition === "hurt") drawHurt(graphics, x, y, radius, palette);
    if (condition !== "stale") return;
  }
  graphics.poly(outline(x, y, radius)).fill({ color: palette.light ? 0xffffff : palette.bg, alpha: 0.88 });
  if (level > 0.01) {
    graphics.poly(filled(x, y, radius, level)).fill({ color: tone, alpha: palette.light ? 0.26 : 0.42 });
    const half = halfWidthAt(radius, level);
    const top = y + radius - radius * 2 * level;
    graphics.rect(x - half, top - 0.8, half * 2, 1.6).fill({ color: tone, alpha: 0.95 });
  }
  if (condition === "stale") return;
  const normal = condition === "ok";
  graphics.poly(outline(x, y, radius)).stroke({ color: tone, alpha: normal ? 0.72 : 1, width: normal ? 1.2 : 2.2 });
  if (isBad(condition)) drawBadge(graphics, x + radius * 0.62, y - radius * 0.98, Math.max(5, radius * 0.24), condition, palette);
};

/** `levelOf`: the level a cell shows at this moment of its easing. */
export const drawClusters = (links: Graphics, cells: Graphics, view: StageView, levelOf: (id: string) => number): void => {
  const { graph, palette } = view;
  links.clear();
  cells.clear();
  if (view.bare) return;
  const radius = graph.cellRadius - 1.5;
  for (const cluster of graph.clusters) {
    const condition = view.nodes.get(cluster.id);
    const held = view.target !== undefined && (cluster.id === view.target || cluster.cells.some(({ id }) => id === view.target));
    if (!held) drawLink(links, cluster, palette, condition === "crit" || condition === "stale" || condition === "hurt");
    drawFrame(links, cluster, condition, palette);
    for (const { id, x, y } of cluster.cells) drawCell(cells, x, y, radius, view.cells.get(id)?.condition ?? "stale", levelOf(id), palette);
  }
};
