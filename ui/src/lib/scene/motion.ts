// What is still on its way: levels easing, the orb changing its mood, the beam growing. Says when it needs the next frame; stands still otherwise.
import { ALARM_MS, approach, FEELS, type Feel, MOVING } from "./mood.ts";
import type { StageView } from "./view.ts";

const LEVEL_MS = 300;
/** From here on cells are so small that nobody sees their level ease, and drawing them is dear. */
const CROWD = 150;
const GROW_MS = 420;
const WORKING_FRAME_MS = 33;
const AMBIENT_FRAME_MS = 100;
const FRAME_MS = 1000 / 60;
const APPROACH = 0.06;

interface Easing {
  from: number;
  to: number;
  since: number;
}

export interface Moved {
  levels: boolean;
  orb: boolean;
  /** ms until the next frame is wanted; undefined: none. */
  again: number | undefined;
}

export const createMotion = () => {
  const levels = new Map<string, Easing>();
  let feel: Feel = FEELS.idle;
  let time = 4;
  let last: number | undefined;
  let grown = 0;
  let target: string | undefined;
  let alarmSince: number | undefined;
  let nowMs = 0;
  let wasBusy = false;

  const shownOf = ({ from, to, since }: Easing): number => {
    const share = Math.min(1, (nowMs - since) / LEVEL_MS);
    return from + (to - from) * (1 - (1 - share) ** 2);
  };

  const easeLevels = ({ cells, still }: StageView): boolean => {
    let busy = false;
    const jumps = still || cells.size > CROWD;
    for (const [id, { level }] of cells) {
      const easing = levels.get(id);
      if (easing === undefined || jumps) levels.set(id, { from: level, to: level, since: 0 });
      else if (easing.to !== level) levels.set(id, { from: shownOf(easing), to: level, since: nowMs });
      const now = levels.get(id);
      if (now && now.from !== now.to && nowMs - now.since < LEVEL_MS) busy = true;
    }
    for (const id of levels.keys()) if (!cells.has(id)) levels.delete(id);
    return busy;
  };

  const easeBeam = (view: StageView, passed: number): boolean => {
    if (view.target !== target) {
      target = view.target;
      grown = view.still ? 1 : 0;
    }
    if (target === undefined || grown >= 1) return false;
    grown = Math.min(1, grown + passed / GROW_MS);
    return grown < 1;
  };

  return {
    step(view: StageView, atMs: number): Moved {
      const passed = last === undefined ? FRAME_MS : Math.min(100, atMs - last);
      nowMs = atMs;
      const busyLevels = easeLevels(view);
      const busyBeam = easeBeam(view, passed);
      alarmSince = view.mood === "alarm" ? (alarmSince ?? atMs) : undefined;
      const wanted = FEELS[view.mood];
      const before = feel;
      const { feel: next, arrived } = view.still ? { feel: wanted, arrived: true } : approach(feel, wanted, 1 - (1 - APPROACH) ** (passed / FRAME_MS));
      feel = next;
      const stirring = alarmSince !== undefined && atMs - alarmSince < ALARM_MS;
      const working = !view.still && (MOVING.has(view.mood) || stirring);
      const breathing = !view.still && view.ambient && view.mood === "idle";
      if (working || breathing || !arrived) time += passed / 1000;
      const quick = busyLevels || busyBeam || !arrived;
      const again = quick ? 0 : working ? WORKING_FRAME_MS : breathing ? AMBIENT_FRAME_MS : undefined;
      last = again === undefined ? undefined : atMs;
      const settled = wasBusy;
      wasBusy = busyLevels;
      return { levels: busyLevels || settled, orb: working || breathing || feel !== before, again };
    },
    levelOf: (id: string): number => {
      const easing = levels.get(id);
      return easing === undefined ? 0 : shownOf(easing);
    },
    get feel(): Feel {
      return feel;
    },
    get time(): number {
      return time;
    },
    get grown(): number {
      return grown;
    },
    get ripple(): number | undefined {
      return alarmSince === undefined || nowMs - alarmSince > ALARM_MS ? undefined : (nowMs - alarmSince) / 1000;
    },
  };
};
