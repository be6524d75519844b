// Paints the orb: membrane, heart, motes, rim, iris. Draws what it is told and keeps nothing.
import type { Container, Graphics, Sprite } from "pixi.js";
import { iris, motes, weave } from "./membrane.ts";
import type { Feel } from "./mood.ts";
import type { StageView } from "./view.ts";

export interface OrbParts {
  root: Container;
  glow: Sprite;
  shade: Graphics;
  back: Graphics;
  heart: Sprite;
  front: Graphics;
}

const strokeAll = (graphics: Graphics, lines: readonly number[][], style: { color: number; alpha: number; width: number }): void => {
  for (const line of lines) {
    graphics.moveTo(line[0] ?? 0, line[1] ?? 0);
    for (let index = 2; index < line.length; index += 2) graphics.lineTo(line[index] ?? 0, line[index + 1] ?? 0);
  }
  graphics.stroke({ ...style, join: "bevel" });
};

const NEARNESS = [0.25, 0.5, 0.72, 0.86, 1.01] as const;

const drawMotes = (graphics: Graphics, all: ReturnType<typeof motes>, key: number, { palette }: StageView): void => {
  NEARNESS.forEach((limit, index) => {
    const least = NEARNESS[index - 1] ?? 0;
    let some = false;
    for (const [x, y, size, near] of all) {
      if (near < least || near >= limit) continue;
      graphics.rect(x - size / 2, y - size / 2, size, size);
      some = true;
    }
    const middle = (least + limit) / 2;
    const bright = middle > 0.72;
    if (some) graphics.fill({ color: bright ? (palette.light ? palette.tx : 0xffffff) : key, alpha: bright ? 0.25 + middle * 0.5 : 0.1 + middle * 0.5 });
  });
};

export const drawOrb = ({ root, glow, shade, back, heart, front }: OrbParts, view: StageView, feel: Feel, time: number): void => {
  const { graph, palette, mood } = view;
  const { radius, centre } = graph;
  const key = mood === "alarm" ? palette.crit : palette.arc;
  const frame = { radius, feel, time };
  const light = palette.light;
  root.position.set(centre.x, centre.y);
  const blend = light ? "normal" : "add";
  for (const part of [back, front, glow, heart]) part.blendMode = blend;

  glow.tint = key;
  glow.alpha = (light ? 0.1 : 0.3) * (mood === "disconnected" || mood === "held" ? 0.35 : 1);
  glow.setSize(radius * 5);

  shade.clear();
  shade.circle(0, 0, radius * 1.02).fill({ color: palette.bg, alpha: 0.55 });

  const lines = weave(frame);
  back.clear();
  strokeAll(back, lines.back, { color: key, alpha: light ? 0.22 : 0.16, width: Math.max(0.8, radius * 0.006) });

  heart.tint = palette.heart;
  heart.alpha = Math.min(1, 0.35 + feel.heart * 0.65);
  heart.setSize(radius * (0.46 + 0.02 * Math.sin(time * 2.1)) * (0.8 + feel.heart * 0.25) * 3.5);

  front.clear();
  if (!light) strokeAll(front, lines.front, { color: key, alpha: 0.045, width: Math.max(3, radius * 0.034) });
  strokeAll(front, lines.front, { color: key, alpha: light ? 0.55 : 0.36, width: Math.max(0.9, radius * 0.0085) });
  drawMotes(front, motes(frame), key, view);
  front.circle(0, 0, radius * 1.035).stroke({ color: key, alpha: 0.55, width: Math.max(1, radius * 0.012) });
  if (mood === "disconnected") return;
  if (mood === "held") {
    drawOctagon(front, radius * 1.2, palette.crit);
    return;
  }
  const inner = (radius * 1.13 * feel.iris) / 1.12;
  for (const [angle, length] of iris(frame, mood === "alarm")) {
    const outer = inner + radius * length;
    front.moveTo(Math.cos(angle) * inner, Math.sin(angle) * inner).lineTo(Math.cos(angle) * outer, Math.sin(angle) * outer);
  }
  front.stroke({ color: key, alpha: 0.75, width: Math.max(1, radius * 0.013) });
};

const drawOctagon = (graphics: Graphics, radius: number, color: number): void => {
  const points = Array.from({ length: 8 }, (_, index) => Math.PI / 8 + (index * Math.PI) / 4).flatMap((angle) => [Math.cos(angle) * radius, Math.sin(angle) * radius]);
  graphics.poly(points, true).stroke({ color, alpha: 0.9, width: Math.max(2, radius * 0.02) });
};
