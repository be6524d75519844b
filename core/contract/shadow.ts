// What Jarvis would have done where it only watches, and how that would have turned out. Shapes only.
import { z } from "zod";

/**
 * One incident, and what one remedy or runbook would have begun to do about it. `right`: the same was done by somebody and the incident ended after it, or the fault still
 * stood when the act could have been done and checked. `wrong`: it was well by itself before that, or had been meant, or was part of another fault. `open`: too early to say.
 */
export const ShadowAct = z.object({
  at: z.string(),
  incident: z.string(),
  by: z.string(),
  tool: z.string(),
  target: z.string(),
  name: z.string(),
  verdict: z.enum(["right", "wrong", "open"]),
  why: z.string(),
});
export type ShadowAct = z.output<typeof ShadowAct>;

/** The newest first. `would` = right + wrong + open. */
export const Shadow = z.object({ since: z.string(), would: z.number(), right: z.number(), wrong: z.number(), open: z.number(), acts: z.array(ShadowAct) });
export type Shadow = z.output<typeof Shadow>;
