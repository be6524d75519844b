// Scripted stretches of time, played once from now on at a chosen speed. It refuses a second play while one runs, and unknown names with the nearest.

import { nearest } from "../faults/nearest.ts";
import type { Dispatch } from "../front/dispatch.ts";
import type { Pbs } from "../pbs/state.ts";
import type { World } from "../world/state.ts";
import { quietWeek } from "./quiet-week.ts";
import { createStage, type Note, type Scene, type Stage } from "./stage.ts";

interface Play {
  what: string;
  lengthMs: number;
  scenes: readonly Scene[];
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const DEFAULT_SPEED = 60;
/** Faster, and a night's backups would not be over when the next begin. */
const MAX_SPEED = 120;

const PLAYS: Readonly<Record<string, Play>> = {
  "quiet-week": { what: "a week with nightly backups, snapshots and one rolling reboot in which nothing is wrong", lengthMs: WEEK_MS, scenes: quietWeek },
};

export interface Playing {
  name: string;
  speed: number;
  /** ISO 8601, world time; the end moves on while a scene takes its time. */
  began: string;
  scenes: number;
  played: number;
  state: "playing" | "played" | "stopped";
  notes: readonly Note[];
}

export interface Plays {
  list(): { name: string; what: string }[];
  /** The one that plays or was played last. */
  current(): Playing | undefined;
  /** `days`: only these of its days (0 is the first), one after the other in their order. */
  play(name: string, speed?: number, days?: readonly number[]): Playing;
  stop(): void;
}

/** The scenes of some days, moved together as if the days between had not been. */
function shortened(play: Play, days: readonly number[]): Play {
  const chosen = [...new Set(days)].sort((a, b) => a - b);
  const last = Math.floor((play.lengthMs - 1) / DAY_MS);
  if (chosen.length === 0 || chosen.some((day) => !Number.isInteger(day) || day < 0 || day > last)) throw new RangeError(`the days of this play are 0 to ${last}`);
  const scenes = chosen.flatMap((day, place) =>
    play.scenes.filter(({ atMs }) => Math.floor(atMs / DAY_MS) === day).map((scene) => ({ ...scene, atMs: scene.atMs + (place - day) * DAY_MS })),
  );
  return { ...play, scenes, lengthMs: chosen.length * DAY_MS };
}

export function createPlays(world: World, pbs: Pbs, dispatch: Dispatch): Plays {
  let current: Playing | undefined;
  let stopper = new AbortController();

  async function run(play: Play, playing: Playing, stage: Stage): Promise<void> {
    const began = world.clock.now();
    for (const scene of play.scenes) {
      await stage.sleep(Math.max(0, began + scene.atMs / playing.speed - world.clock.now()));
      await scene.act(stage).catch((error: unknown) => {
        stage.note(scene.what, error instanceof Error ? error.message : String(error));
      });
      playing.played += 1;
    }
    await stage.sleep(Math.max(0, began + play.lengthMs / playing.speed - world.clock.now()));
    playing.state = "played";
  }

  return {
    list: () => Object.entries(PLAYS).map(([name, { what }]) => ({ name, what })),
    current: () => current,
    play(name, speed = DEFAULT_SPEED, days) {
      const whole = PLAYS[name];
      if (!whole) {
        const near = nearest(name, Object.keys(PLAYS));
        throw new Error(`there is no play '${name}'${near ? `; nearest: ${near}` : ""}`);
      }
      if (!(speed >= 1 && speed <= MAX_SPEED)) throw new RangeError(`a play runs 1 to ${MAX_SPEED} times as fast as written, not ${speed}`);
      if (current?.state === "playing") throw new Error(`${current.name} is playing; DELETE /play ends it`);
      const play = days === undefined ? whole : shortened(whole, days);
      stopper = new AbortController();
      const stage = createStage(world, pbs, dispatch, speed, stopper.signal);
      const playing: Playing = { name, speed, began: new Date(world.clock.now()).toISOString(), scenes: play.scenes.length, played: 0, state: "playing", notes: stage.notes };
      current = playing;
      run(play, playing, stage).catch(() => {
        playing.state = "stopped";
      });
      return playing;
    },
    stop: () => stopper.abort(),
  };
}
