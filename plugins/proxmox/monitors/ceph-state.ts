// Ceph as it is told. Decides nothing about what is wrong.
import { z } from "jarvis";

export const Ceph = z.object({
  present: z.boolean(),
  at: z.string().optional(),
  /** HEALTH_OK, HEALTH_WARN, HEALTH_ERR */
  health: z.string().optional(),
  /** What its own checks say. */
  checks: z.array(z.object({ name: z.string(), severity: z.string(), words: z.string() })).optional(),
  usedBytes: z.number().optional(),
  totalBytes: z.number().optional(),
  unknown: z.string().optional(),
});
export type Ceph = z.output<typeof Ceph>;
