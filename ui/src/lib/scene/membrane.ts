// The woven sphere as lines and points: great circles with no poles, pushed by the feel. Numbers only. Pure.
import type { Feel } from "./mood.ts";

const GOLDEN = 2.399963;
const TAU = Math.PI * 2;

/** Polylines on this side of the sphere and on the far one, x and y alternating, around 0. */
export interface Weave {
  front: number[][];
  back: number[][];
}

interface Frame {
  radius: number;
  feel: Feel;
  /** Seconds of motion so far. */
  time: number;
}

const tiltAt = (time: number): number => 0.46 + Math.sin(time * 0.23) * 0.1;

export const weave = ({ radius, feel, time }: Frame): Weave => {
  const circles = radius < 60 ? 18 : 34;
  const segments = radius < 60 ? 48 : 84;
  const tilt = tiltAt(time);
  const [cosTilt, sinTilt] = [Math.cos(tilt), Math.sin(tilt)];
  const turn = time * feel.spin * 0.6;
  const [cosTurn, sinTurn] = [Math.cos(turn), Math.sin(turn)];
  const made: Weave = { front: [], back: [] };
  for (let circle = 0; circle < circles; circle += 1) {
    const normalY = 1 - (circle + 0.5) / circles;
    const flat = Math.sqrt(1 - normalY * normalY);
    const [normalX, normalZ] = [Math.cos(circle * GOLDEN) * flat, Math.sin(circle * GOLDEN) * flat];
    const length = Math.hypot(normalX, normalZ) || 1;
    const [ux, uz] = [-normalZ / length, normalX / length];
    const [vx, vy, vz] = [normalY * uz, normalZ * ux - normalX * uz, -normalY * ux];
    let run: number[] | undefined;
    let wasFront: boolean | undefined;
    for (let segment = 0; segment <= segments; segment += 1) {
      const angle = (segment / segments) * TAU;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const [x0, y0, z0] = [ux * c + vx * s, vy * s, uz * c + vz * s];
      const ripple =
        Math.sin(x0 * feel.frequency + time * 1.3) +
        Math.sin(y0 * (feel.frequency + 1) - time * 1.7 + circle * feel.chaos * 0.3) +
        Math.sin(z0 * (feel.frequency + 0.5) + time * 0.9);
      const swell = 1 + feel.amplitude * ripple * 0.62;
      const x = (x0 * cosTurn - z0 * sinTurn) * swell;
      const depth = (x0 * sinTurn + z0 * cosTurn) * swell;
      const y = y0 * swell * cosTilt - depth * sinTilt;
      const z = y0 * swell * sinTilt + depth * cosTilt;
      const scale = (radius * 0.94) / (1 - z * 0.15);
      const isFront = z <= 0;
      if (run === undefined || wasFront !== isFront) {
        run?.push(x * scale, y * scale);
        run = [];
        (isFront ? made.front : made.back).push(run);
        wasFront = isFront;
      }
      run.push(x * scale, y * scale);
    }
  }
  return made;
};

const MOTES = Array.from({ length: 620 }, (_, index) => {
  const y = 1 - (index / 619) * 2;
  const flat = Math.sqrt(1 - y * y);
  return [Math.cos(index * GOLDEN) * flat, y, Math.sin(index * GOLDEN) * flat] as const;
});

/** x, y, size, nearness (0 to 1) of each mote. */
export const motes = ({ radius, feel, time }: Frame): (readonly [number, number, number, number])[] => {
  const tilt = tiltAt(time);
  const [cosTilt, sinTilt] = [Math.cos(tilt), Math.sin(tilt)];
  const turn = time * feel.spin;
  const [cosTurn, sinTurn] = [Math.cos(turn), Math.sin(turn)];
  const every = radius < 60 ? 3 : 1;
  return MOTES.filter((_, index) => index % every === 0).map(([px, py, pz], index) => {
    const x = px * cosTurn - pz * sinTurn;
    const depth = px * sinTurn + pz * cosTurn;
    const y = py * cosTilt - depth * sinTilt;
    const z = py * sinTilt + depth * cosTilt;
    const swell = (radius * (1.02 + feel.amplitude * 1.3 * Math.sin(index * 0.7 + time * 1.6))) / (1 - z * 0.16);
    const near = (z + 1) / 2;
    return [x * swell, y * swell, (0.35 + near * 1.25) * Math.max(0.7, radius / 120), near] as const;
  });
};

/** Lengths (share of the radius) of the iris's strokes; `gaps`: six of them, for alarm. */
export const iris = ({ radius, feel, time }: Frame, gaps: boolean): (readonly [angle: number, length: number])[] => {
  const strokes = radius < 60 ? 72 : 132;
  return Array.from({ length: strokes }, (_, index) => {
    const swing = Math.abs(Math.sin(index * 0.31 + time * 5) * Math.sin(index * 0.117 - time * 2.3) * Math.sin(index * 0.05 + time));
    return [(index / strokes) * TAU, 0.03 + swing * 0.26 * feel.wave] as const;
  }).filter((_, index) => !(gaps && index % 22 < 5));
};
