// The canvas: layers, easing and frames over Pixi. Loaded after the first paint; draws nothing while nothing changes.
import "pixi.js/unsafe-eval";
import "pixi.js/graphics";
import { Container, Graphics, Sprite, Texture, Ticker, WebGLRenderer } from "pixi.js";
import { drawClusters } from "./draw-clusters.ts";
import { drawHand } from "./draw-hand.ts";
import { drawOrb } from "./draw-orb.ts";
import { drawGround, drawRings } from "./draw-rings.ts";
import { createFrames } from "./frames.ts";
import { createMotion } from "./motion.ts";
import { createSchedule } from "./schedule.ts";
import type { StageView } from "./view.ts";

const GLOW_PX = 256;
const MOST_PIXELS = 8_300_000;

/** A round glow, made once: stops of how far out and how strong. */
const glowTexture = (stops: readonly (readonly [number, number])[]): Texture => {
  const canvas = document.createElement("canvas");
  canvas.width = GLOW_PX;
  canvas.height = GLOW_PX;
  const pen = canvas.getContext("2d");
  if (!pen) return Texture.WHITE;
  const half = GLOW_PX / 2;
  const gradient = pen.createRadialGradient(half, half, 0, half, half, half);
  for (const [at, alpha] of stops) gradient.addColorStop(at, `rgba(255,255,255,${alpha})`);
  pen.fillStyle = gradient;
  pen.fillRect(0, 0, GLOW_PX, GLOW_PX);
  return Texture.from(canvas);
};

const centred = (texture: Texture): Sprite => {
  const sprite = new Sprite(texture);
  sprite.anchor.set(0.5);
  return sprite;
};

export interface Painter {
  show(view: StageView): void;
  destroy(): void;
}

const createLayers = () => {
  const scene = new Container();
  const [ground, links, cells, rings, hand] = [new Graphics(), new Graphics(), new Graphics(), new Graphics(), new Graphics()];
  const root = new Container();
  const orb = {
    root,
    glow: centred(
      glowTexture([
        [0.08, 1],
        [0.4, 0.5],
        [0.7, 0.14],
        [1, 0],
      ]),
    ),
    shade: new Graphics(),
    back: new Graphics(),
    heart: centred(
      glowTexture([
        [0, 1],
        [0.13, 0.95],
        [0.34, 0.34],
        [0.62, 0.11],
        [1, 0],
      ]),
    ),
    front: new Graphics(),
  };
  root.addChild(orb.glow, orb.shade, orb.back, orb.heart, orb.front);
  scene.addChild(ground, links, cells, hand, rings, root);
  return { scene, ground, links, cells, rings, hand, orb };
};

/** Throws when there is no WebGL. `onFrame` is told the count of frames drawn; `onLost` when the context is gone. */
export const createPainter = async (canvas: HTMLCanvasElement, onFrame: (count: number) => void, onLost: () => void): Promise<Painter> => {
  Ticker.system.autoStart = false;
  Ticker.system.stop();
  Ticker.shared.autoStart = false;
  Ticker.shared.stop();
  const renderer = new WebGLRenderer();
  await renderer.init({ canvas, antialias: true, backgroundAlpha: 0, autoDensity: false, width: 10, height: 10, resolution: 1, skipExtensionImports: true, manageImports: false });
  const layers = createLayers();
  const motion = createMotion();
  let view: StageView | undefined;
  let shown: StageView | undefined;
  let drawn = 0;
  canvas.addEventListener("webglcontextlost", onLost, { once: true });

  const draw = (atMs: number): number | undefined => {
    if (!view) return undefined;
    const current = view;
    const moved = motion.step(current, atMs);
    const fresh = shown === undefined || shown.graph !== current.graph || shown.palette !== current.palette;
    if (fresh) drawGround(layers.ground, current);
    if (
      fresh ||
      shown?.day !== current.day ||
      shown.done !== current.done ||
      shown.now !== current.now ||
      shown.voteless !== current.voteless ||
      shown.quorumOld !== current.quorumOld ||
      shown.nowSlice !== current.nowSlice
    )
      drawRings(layers.rings, current);
    if (fresh || shown?.cells !== current.cells || shown.nodes !== current.nodes || shown.target !== current.target || moved.levels)
      drawClusters(layers.links, layers.cells, current, motion.levelOf);
    drawHand(layers.hand, current, motion.time, motion.grown, motion.ripple);
    if (fresh || moved.orb || shown?.mood !== current.mood) drawOrb(layers.orb, current, motion.feel, motion.time);
    shown = current;
    renderer.render(layers.scene);
    drawn += 1;
    onFrame(drawn);
    return moved.again;
  };
  const gone = new AbortController();
  const frames = createFrames({
    hidden: () => document.hidden,
    request: (act) => requestAnimationFrame(act),
    cancel: (id) => cancelAnimationFrame(id),
    onTurn: (act) => document.addEventListener("visibilitychange", act, { signal: gone.signal }),
  });
  const schedule = createSchedule(frames, draw);

  const fit = ({ graph: { width, height }, unit }: StageView): void => {
    const resolution = Math.min(Math.min(2, devicePixelRatio || 1) * unit, Math.sqrt(MOST_PIXELS / Math.max(1, width * height)));
    if (renderer.width === Math.round(width * resolution) && renderer.height === Math.round(height * resolution)) return;
    renderer.resize(width, height, resolution);
  };

  return {
    show(next) {
      view = next;
      fit(next);
      schedule.touch();
    },
    destroy() {
      schedule.stop();
      gone.abort();
      canvas.removeEventListener("webglcontextlost", onLost);
      layers.scene.destroy({ children: true });
      renderer.destroy();
    },
  };
};
