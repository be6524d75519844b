// Why something is as it is: the result of a diagnosis, with its evidence.
import { z } from "zod";

export const CauseKind = z.string().regex(/^[a-z][a-z0-9-]*$/);

export const Evidence = z.object({ what: z.string().max(1000), source: z.string().max(300), at: z.string().optional() });
export type Evidence = z.infer<typeof Evidence>;

/**
 * `kind`: crash, oom, user, guest, backup, migration, ha, host-down, jarvis, storage, network, unknown or another word.
 * `verdict`: fault = may be remedied; meant = somebody wanted it: left alone, no incident; unclear = no proof either way.
 * `graceSeconds`: an unclear stop may be remedied once it has lasted this long (absent: never by itself).
 * `waitSeconds`: somebody else is at work on it (HA, a node that boots): no incident before it has stood this long.
 * `propose`: a remedy must be asked for, not run (evidence says a person should decide).
 */
export const Cause = z.object({
  kind: CauseKind,
  words: z.string().max(1000),
  evidence: z.array(Evidence).max(50),
  verdict: z.enum(["fault", "meant", "unclear"]),
  graceSeconds: z.number().nonnegative().optional(),
  waitSeconds: z.number().nonnegative().optional(),
  propose: z.boolean().optional(),
});
export type Cause = z.infer<typeof Cause>;
