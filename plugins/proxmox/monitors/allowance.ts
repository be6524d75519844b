// How many calls a slow monitor may make: by its own rhythm it shares the slow lane; a reading somebody asked for, long before the next was due, is made at once. Counts only.
import { laneOf } from "../client/lane.ts";
import type { Ctx } from "../context.ts";
import { perClient } from "./turns.ts";

/** Of `wanted` calls, those that may be made now. `asked`: by a person, and not by the monitor's own rhythm. */
export type Allow = ((wanted: number) => number) & { readonly asked: boolean };

/** Called once at the beginning of each reading of a monitor that is read every `everyMs`. */
export const allowanceOf = (everyMs: number): ((ctx: Ctx) => Allow) => {
  const lastBy = perClient((): { at: number } => ({ at: Number.NEGATIVE_INFINITY }));
  return (ctx) => {
    const last = lastBy(ctx.client);
    const asked = ctx.now() - last.at < everyMs / 2;
    last.at = ctx.now();
    return Object.assign((wanted: number): number => (asked ? laneOf(ctx.client).asked(ctx.now(), wanted) : laneOf(ctx.client).take(ctx.now(), wanted)), { asked });
  };
};
