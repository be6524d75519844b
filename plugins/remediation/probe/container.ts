// What a container's probe tells, as this plugin reads it; `stop.asked`: the engine's proof that somebody wanted the stop. Times are ISO of the engine's clock.
import { z } from "jarvis";

const Event = z.object({ action: z.string(), at: z.string(), exitCode: z.number().optional(), signal: z.number().optional() });

export const ContainerProbe = z.object({
  resource: z.string().regex(/^container\//),
  host: z.string(),
  name: z.string(),
  status: z.string(),
  running: z.boolean(),
  exitCode: z.number(),
  oomKilled: z.boolean(),
  error: z.string().default(""),
  /** Of the life that ended, or of the one it leads now. */
  startedAt: z.string().optional(),
  finishedAt: z.string(),
  restartPolicy: z.object({ name: z.string() }),
  health: z
    .object({ status: z.string(), failingStreak: z.number(), checks: z.array(z.object({ at: z.string(), exitCode: z.number(), output: z.string() })).default([]) })
    .optional(),
  events: z.array(Event),
  covered: z.boolean(),
  stop: z.object({ kind: z.string(), at: z.string().optional(), asked: z.object({ at: z.string(), by: z.string(), signal: z.number().optional() }).nullable(), words: z.string() }),
  readAt: z.string(),
});
export type ContainerProbe = z.output<typeof ContainerProbe>;
