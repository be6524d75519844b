// The orb's states as numbers: each changes geometry, not only colour. Pure.
import type { Mood } from "../resource/work.ts";

export interface Feel {
  spin: number;
  amplitude: number;
  frequency: number;
  chaos: number;
  heart: number;
  wave: number;
  iris: number;
}

export const FEELS: Readonly<Record<Mood, Feel>> = {
  idle: { spin: 0.1, amplitude: 0.045, frequency: 3, chaos: 0.2, heart: 0.8, wave: 0.1, iris: 1.1 },
  thinking: { spin: 0.55, amplitude: 0.11, frequency: 5, chaos: 0.9, heart: 0.9, wave: 0.25, iris: 1.04 },
  acting: { spin: 0.28, amplitude: 0.07, frequency: 4, chaos: 0.4, heart: 1.15, wave: 0.3, iris: 1.12 },
  alarm: { spin: 0.2, amplitude: 0.17, frequency: 9, chaos: 1.3, heart: 0.55, wave: 0.55, iris: 0.98 },
  reporting: { spin: 0.12, amplitude: 0.05, frequency: 3, chaos: 0.2, heart: 1.2, wave: 1, iris: 1.16 },
  held: { spin: 0, amplitude: 0.03, frequency: 3, chaos: 0.1, heart: 0.4, wave: 0, iris: 1.1 },
  disconnected: { spin: 0, amplitude: 0.045, frequency: 3, chaos: 0.2, heart: 0.25, wave: 0, iris: 1.1 },
};

/** Moods that move for as long as they last. The others stand still once they are reached. */
export const MOVING: ReadonlySet<Mood> = new Set(["thinking", "acting"]);
/** An alarm stirs this long, then stands. */
export const ALARM_MS = 10_000;

const CLOSE = 0.004;

/** One step of 6 % towards the wanted feel; `arrived` when nothing visible is left to go. */
export const approach = (now: Feel, wanted: Feel, share: number): { feel: Feel; arrived: boolean } => {
  const step = (from: number, to: number): number => (Math.abs(to - from) < CLOSE ? to : from + (to - from) * share);
  const feel: Feel = {
    spin: step(now.spin, wanted.spin),
    amplitude: step(now.amplitude, wanted.amplitude),
    frequency: step(now.frequency, wanted.frequency),
    chaos: step(now.chaos, wanted.chaos),
    heart: step(now.heart, wanted.heart),
    wave: step(now.wave, wanted.wave),
    iris: step(now.iris, wanted.iris),
  };
  return { feel, arrived: (Object.keys(feel) as (keyof Feel)[]).every((name) => feel[name] === wanted[name]) };
};
