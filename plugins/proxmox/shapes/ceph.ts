// GET /cluster/ceph/status, the words of `ceph status`, as far as health and room.
import { z } from "jarvis";
import { looseNumber, looseText } from "./loose.ts";

const MOST_CHECKS = 20;
const Check = z.object({ severity: looseText, summary: z.object({ message: looseText }).optional().catch(undefined), muted: z.unknown().optional() });

export const CephStatus = z
  .object({
    health: z
      .object({ status: looseText, checks: z.record(z.string(), z.unknown()).optional().catch(undefined) })
      .optional()
      .catch(undefined),
    pgmap: z.object({ bytes_used: looseNumber, bytes_total: looseNumber }).optional().catch(undefined),
  })
  .transform(({ health, pgmap }) => ({
    health: health?.status,
    checks: Object.entries(health?.checks ?? {})
      .slice(0, MOST_CHECKS)
      .flatMap(([name, value]) => {
        const check = Check.safeParse(value).data;
        // The owner muted it: it is meant.
        if (check === undefined || check.muted === true) return [];
        return [{ name, severity: check.severity ?? "HEALTH_WARN", words: check.summary?.message ?? name }];
      }),
    used: pgmap?.bytes_used,
    total: pgmap?.bytes_total,
  }));
