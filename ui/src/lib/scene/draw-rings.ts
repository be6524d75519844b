// Paints what stands around the orb: lattice, quorum ring, day dial, step ring. Each line means something; nothing moves.
import type { Graphics } from "pixi.js";
import { STEPS } from "../resource/work.ts";
import { SLICES } from "./day.ts";
import type { StageView } from "./view.ts";

const TAU = Math.PI * 2;
const LATTICE = 30;

export const RING = { quorum: 2.36, steps: 1.74, dial: 1.46, hours: 1.33 } as const;

const arc = (graphics: Graphics, x: number, y: number, radius: number, from: number, to: number): void => {
  graphics.moveTo(x + Math.cos(from) * radius, y + Math.sin(from) * radius).arc(x, y, radius, from, to);
};

/** Start and end of one of the five steps; the first begins left of the top. */
export const stepArc = (index: number): [number, number] => {
  const from = -Math.PI / 2 - TAU / 10 + 0.16 + (index * TAU) / STEPS.length + 0.05;
  return [from, from + TAU / STEPS.length - 0.1];
};

export const drawGround = (graphics: Graphics, { graph, palette }: StageView): void => {
  const { width, height, centre, radius } = graph;
  graphics.clear();
  for (let y = (height % LATTICE) / 2; y < height; y += LATTICE)
    for (let x = (width % LATTICE) / 2; x < width; x += LATTICE) if (Math.hypot(x - centre.x, (y - centre.y) * 1.25) > radius * 2.1) graphics.rect(x - 0.6, y - 0.6, 1.4, 1.4);
  graphics.fill({ color: palette.data, alpha: palette.light ? 0.3 : 0.27 });
  for (const times of [2.6, 3.5, 4.6]) graphics.circle(centre.x, centre.y, radius * times).stroke({ color: palette.data, alpha: 0.13, width: 1 });
};

/** Parts of a vote's arc that are drawn: all of it, all but its middle, dashes. */
const WHOLE = [[-1, 1]] as const;
const BROKEN = [
  [-1, -0.25],
  [0.25, 1],
] as const;
const DASHED = Array.from({ length: 8 }, (_, index) => [-1 + index / 4, -0.88 + index / 4] as const);

const drawQuorum = (graphics: Graphics, { graph, palette, voteless, quorumOld }: StageView): void => {
  const { centre, radius, clusters } = graph;
  const ring = radius * RING.quorum;
  const spread = Math.min(0.34, (TAU / Math.max(1, clusters.length)) * 0.3);
  for (const { id, angle } of clusters) {
    const missing = voteless.has(id);
    const style = quorumOld
      ? { color: palette.idle, alpha: 0.8, width: 1.5 }
      : { color: missing ? palette.crit : palette.data, alpha: missing ? 1 : 0.8, width: missing ? 2 : 1.5 };
    for (const [from, to] of quorumOld ? DASHED : missing ? BROKEN : WHOLE) arc(graphics, centre.x, centre.y, ring, angle + from * spread, angle + to * spread);
    graphics.stroke(style);
    for (let tick = -4; tick <= 4; tick += 1) {
      const at = angle + (tick * spread) / 4;
      const length = tick % 4 === 0 ? 12 : 8;
      graphics
        .moveTo(centre.x + Math.cos(at) * (ring + 4), centre.y + Math.sin(at) * (ring + 4))
        .lineTo(centre.x + Math.cos(at) * (ring + length), centre.y + Math.sin(at) * (ring + length));
    }
    graphics.stroke({ color: palette.data, alpha: 0.5, width: 1 });
  }
};

const drawDial = (graphics: Graphics, { graph, palette, day, nowSlice }: StageView): void => {
  const { centre, radius } = graph;
  const ring = radius * RING.dial;
  const unit = radius * 0.075;
  const kinds = [
    { slice: "ahead", hour: false, color: palette.data, alpha: 0.26, width: Math.max(1, radius * 0.01), length: 0.7 },
    { slice: "ahead", hour: true, color: palette.data, alpha: 0.26, width: Math.max(1, radius * 0.01), length: 1.15 },
    { slice: "ok", hour: false, color: palette.data, alpha: 0.62, width: Math.max(1, radius * 0.01), length: 0.7 },
    { slice: "ok", hour: true, color: palette.data, alpha: 0.95, width: Math.max(1, radius * 0.01), length: 1.15 },
    { slice: "warn", color: palette.warn, alpha: 1, width: Math.max(2, radius * 0.022), length: 1.7 },
    { slice: "crit", color: palette.crit, alpha: 1, width: Math.max(2, radius * 0.022), length: 1.7 },
  ];
  for (const { slice, hour, length, ...style } of kinds) {
    let some = false;
    day.forEach((is, index) => {
      if (is !== slice || (hour !== undefined && (index % 6 === 0) !== hour)) return;
      const angle = (index / SLICES) * TAU - Math.PI / 2;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      graphics.moveTo(centre.x + c * ring, centre.y + s * ring).lineTo(centre.x + c * (ring + unit * length), centre.y + s * (ring + unit * length));
      some = true;
    });
    if (some) graphics.stroke(style);
  }
  const angle = (nowSlice / SLICES) * TAU - Math.PI / 2;
  const at = (along: number, across: number): [number, number] => {
    const [r, a] = [ring - radius * 0.045 + radius * along, radius * across];
    return [centre.x + Math.cos(angle) * r - Math.sin(angle) * a, centre.y + Math.sin(angle) * r + Math.cos(angle) * a];
  };
  graphics.poly([...at(0.05, 0), ...at(-0.05, -0.045), ...at(-0.05, 0.045)]).fill({ color: palette.tx });
};

const drawSteps = (graphics: Graphics, { graph, palette, done, now }: StageView): void => {
  if (done === undefined) return;
  const { centre, radius } = graph;
  const ring = radius * RING.steps;
  STEPS.forEach((_, index) => {
    const [from, to] = stepArc(index);
    arc(graphics, centre.x, centre.y, ring, from, to);
    graphics.stroke({ color: palette.data, alpha: 0.4, width: Math.max(1.5, radius * 0.016) });
    if (index >= done && index !== now) return;
    const end = index < done ? to : from + (to - from) * 0.4;
    arc(graphics, centre.x, centre.y, ring, from, end);
    graphics.stroke({ color: palette.arc, alpha: 0.95, width: Math.max(3, radius * 0.038) });
    if (index === now) graphics.circle(centre.x + Math.cos(end) * ring, centre.y + Math.sin(end) * ring, radius * 0.04).fill({ color: palette.tx });
  });
};

export const drawRings = (graphics: Graphics, view: StageView): void => {
  graphics.clear();
  if (!view.graph.orbOnly && !view.bare) drawQuorum(graphics, view);
  drawDial(graphics, view);
  drawSteps(graphics, view);
};
