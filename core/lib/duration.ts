// "10s" -> milliseconds. Pure.
import type { Duration } from "../contract/monitor.ts";

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

export const milliseconds = (duration: Duration): number => {
  const [, count = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(duration) ?? [];
  if (!(unit in UNITS)) throw new TypeError(`not a duration: ${duration}`);
  return Number(count) * UNITS[unit as keyof typeof UNITS];
};
