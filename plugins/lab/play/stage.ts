// What a play may do in the lab: act as a person over the API, wait in world time, and note how each act went. A refused act is noted and the play goes on.
import type { Dispatch } from "../front/dispatch.ts";
import { methodOf } from "../front/dispatch.ts";
import { isFailure } from "../front/failure.ts";
import type { Pbs } from "../pbs/state.ts";
import type { World } from "../world/state.ts";

const MAX_NOTES = 2_000;
const TASK_LOOK_MS = 500;

export interface Note {
  /** ISO 8601, world time. */
  time: string;
  what: string;
  ok: boolean;
  error?: string;
}

export interface Stage {
  readonly world: World;
  readonly pbs: Pbs;
  /** How many times as fast as the play was written; what machines do keeps its own pace. */
  readonly speed: number;
  readonly notes: readonly Note[];
  note(what: string, error?: string): void;
  sleep(ms: number): Promise<void>;
  /** Waits until it is so; gives up with an error after `withinMs` of world time. */
  until(what: string, isSo: () => boolean, withinMs: number): Promise<void>;
  /** A person's call; waits for its task's end. */
  as(user: string, method: string, path: string, parameters?: Record<string, string | number>): Promise<void>;
}

export interface Scene {
  /** From the play's beginning, as written. */
  atMs: number;
  what: string;
  act(stage: Stage): Promise<void>;
}

export function createStage(world: World, pbs: Pbs, dispatch: Dispatch, speed: number, signal: AbortSignal): Stage {
  const notes: Note[] = [];
  const note = (what: string, error?: string): void => {
    notes.push({ time: new Date(world.clock.now()).toISOString(), what, ok: error === undefined, ...(error === undefined ? {} : { error }) });
    if (notes.length > MAX_NOTES) notes.shift();
  };
  const sleep = (ms: number): Promise<void> => world.clock.sleep(ms, signal);
  return {
    world,
    pbs,
    speed,
    notes,
    note,
    sleep,
    async until(what, isSo, withinMs) {
      const end = world.clock.now() + withinMs;
      while (!isSo()) {
        if (world.clock.now() > end) throw new Error(`${what} did not come within ${withinMs / 1000} s`);
        await sleep(TASK_LOOK_MS);
      }
    },
    async as(user, method, path, parameters = {}) {
      const known = methodOf(method);
      const at = /\/nodes\/([^/]+)/.exec(path)?.[1] ?? [...world.nodes.values()].find((node) => node.power === "on")?.name ?? "";
      try {
        if (!known) throw new Error(`there is no method ${method}`);
        const { data } = await dispatch({ at, method: known, path, parameters, caller: () => ({ who: user, viaToken: false }) });
        const task = typeof data === "string" ? world.tasks.find(data) : undefined;
        const exit = (await task?.done) ?? "OK";
        note(`${user} ${method} ${path}`, exit === "OK" || exit.startsWith("WARNINGS") ? undefined : exit);
      } catch (error) {
        if (signal.aborted) throw error;
        note(`${user} ${method} ${path}`, isFailure(error) || error instanceof Error ? error.message : String(error));
      }
    },
  };
}
