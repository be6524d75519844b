// Paints the hand of Jarvis: the double beam to what it works on and the reticle around it; the ripple of a fault. Draws only.
import type { Graphics } from "pixi.js";
import { outline } from "./hex.ts";
import type { StageView } from "./view.ts";

const TAU = Math.PI * 2;
const PEARLS = 7;
const BEAM_PARTS = 12;

const mixed = (from: number, to: number, share: number): number => {
  const channel = (shift: number): number => Math.round(((from >> shift) & 255) + (((to >> shift) & 255) - ((from >> shift) & 255)) * share) << shift;
  return channel(16) | channel(8) | channel(0);
};

export const placeOf = ({ graph, target }: StageView): { x: number; y: number; radius: number } | undefined => {
  for (const cluster of graph.clusters) {
    if (cluster.id === target) return { x: cluster.x, y: cluster.y, radius: Math.max(cluster.halfWidth, cluster.halfHeight) };
    const cell = cluster.cells.find(({ id }) => id === target);
    if (cell) return { x: cell.x, y: cell.y, radius: graph.cellRadius };
  }
  return undefined;
};

/** `grown`: 0 to 1, how far the beam has come. `ripple`: seconds since the alarm began, or undefined. */
export const drawHand = (graphics: Graphics, view: StageView, time: number, grown: number, ripple: number | undefined): void => {
  graphics.clear();
  const { graph, palette, still } = view;
  if (ripple !== undefined && !view.bare) drawRipple(graphics, view, ripple);
  const place = view.bare ? undefined : placeOf(view);
  if (!place || grown <= 0) return;
  graphics.blendMode = palette.light ? "normal" : "add";
  const angle = Math.atan2(place.y - graph.centre.y, place.x - graph.centre.x);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const startX = graph.centre.x + c * graph.radius * 1.06;
  const startY = graph.centre.y + s * graph.radius * 1.06;
  const endX = startX + (place.x - c * place.radius * 1.5 - startX) * grown;
  const endY = startY + (place.y - s * place.radius * 1.5 - startY) * grown;
  graphics.moveTo(startX, startY).lineTo(endX, endY).stroke({ color: palette.arc, alpha: 0.1, width: 18 });
  for (const aside of [-3.2, 3.2])
    for (let part = 0; part < BEAM_PARTS; part += 1) {
      const [from, to] = [part / BEAM_PARTS, (part + 1) / BEAM_PARTS];
      graphics
        .moveTo(startX - s * aside + (endX - startX) * from, startY + c * aside + (endY - startY) * from)
        .lineTo(startX - s * aside + (endX - startX) * to, startY + c * aside + (endY - startY) * to)
        .stroke({ color: mixed(palette.ember, palette.arc, Math.min(1, from * 2)), alpha: 0.95, width: 1.6 });
    }
  for (let pearl = 0; pearl < PEARLS; pearl += 1) {
    const share = ((still ? 0 : time * 0.55) + pearl / PEARLS) % 1;
    graphics.circle(startX + (endX - startX) * share, startY + (endY - startY) * share, 2.3);
  }
  graphics.fill({ color: palette.light ? palette.arc : palette.ember, alpha: 0.95 });
  if (grown < 1) return;
  for (let part = 0; part < 3; part += 1) {
    const from = (still ? 0 : time * 0.7) + (part * TAU) / 3;
    graphics.moveTo(place.x + Math.cos(from) * place.radius * 1.32, place.y + Math.sin(from) * place.radius * 1.32).arc(place.x, place.y, place.radius * 1.32, from, from + 1.25);
  }
  graphics.stroke({ color: palette.arc, width: 2.2 });
  graphics.circle(place.x, place.y, place.radius * 1.5).stroke({ color: palette.arc, alpha: 0.5, width: 1 });
};

const drawRipple = (graphics: Graphics, view: StageView, seconds: number): void => {
  const { graph, palette, still } = view;
  for (const cluster of graph.clusters)
    for (const { id, x, y } of cluster.cells) {
      if (view.cells.get(id)?.condition !== "crit") continue;
      for (let ring = 0; ring < (still ? 1 : 3); ring += 1) {
        const share = still ? 0.25 : (seconds * 0.5 + ring / 3) % 1;
        graphics.poly(outline(x, y, graph.cellRadius + share * graph.cellRadius * 1.4)).stroke({ color: palette.crit, alpha: (1 - share) * 0.7, width: 2 });
      }
    }
};
