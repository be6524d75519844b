// Metric: one line family of /metrics, as a plugin tells it of itself. Counted, never polled for: telling it must send nothing.
import { z } from "zod";

const MOST_SAMPLES = 1000;

export const Metric = z.object({
  /** Without the prefix: the host puts `jarvis_PLUGIN_` before it. A counter's ends in `_total`, a unit stands last. */
  name: z.string().regex(/^[a-z][a-z0-9_]{0,60}$/),
  help: z.string().min(1).max(300),
  type: z.enum(["counter", "gauge"]),
  samples: z
    .array(z.object({ labels: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,30}$/), z.string().max(200)).optional(), value: z.number() }))
    .max(MOST_SAMPLES)
    .readonly(),
});
export type Metric = z.infer<typeof Metric>;
