// Past: what a source still knows of the time before Jarvis looked, in steps of its own. Gaps are left out, never told as zero.
import { z } from "zod";

const MOST_POINTS = 5000;
const MOST_FIGURES = 50;
const LONGEST_STEP_SECONDS = 31 * 86_400;

/**
 * `figures`: the names and units of the resource's own figures -> [epoch ms at which the step begins, its mean, its most where that is known].
 * `next`: where to go on, handed back in the next asking; absent when this was all.
 */
export const Past = z.object({
  stepSeconds: z.number().int().min(10).max(LONGEST_STEP_SECONDS),
  figures: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]{0,60}$/), z.array(z.tuple([z.number(), z.number(), z.number().optional()])).max(MOST_POINTS))
    .refine((figures) => Object.keys(figures).length <= MOST_FIGURES, "too many figures"),
  next: z.string().min(1).max(100).optional(),
});
export type Past = z.infer<typeof Past>;

/** Which past is wanted. `sinceMs`: what happened before is known already; 0 at first sight. `next`: what the last answer said. */
export interface PastWanted {
  readonly resource: string;
  readonly sinceMs: number;
  readonly next?: string;
}
