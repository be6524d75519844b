// Whether what an act may lose could be brought back, in words when not (reliability F1, P12). Pure; without the tool's own word on backups it says nothing.
import type { Preflight } from "../contract/tool.ts";

const HOUR_MS = 3_600_000;
const DAY_HOURS = 48;

const aged = (hours: number): string => (hours < DAY_HOURS ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`);

/** A backup of the future is as good as none: one of the two clocks is wrong. */
export const backupLack = (facts: Pick<Preflight, "target" | "name" | "backup"> | undefined, nowMs: number): string | undefined => {
  if (facts?.backup === undefined) return undefined;
  const { target, name = target, backup } = facts;
  if (backup === null) return `Whether ${name} has a good backup could not be learned, and what this loses may not come back.`;
  const hours = backup.goodAt === undefined ? undefined : (nowMs - Date.parse(backup.goodAt)) / HOUR_MS;
  if (hours === undefined || !(hours > -1)) return `${name} has no good backup: what this loses does not come back.`;
  if (hours <= backup.limitHours) return undefined;
  return `The newest good backup of ${name} is ${aged(hours)} old, and ${aged(backup.limitHours)} are allowed: what changed since does not come back.`;
};
