// The day dial: the health of each ten minutes of today, from the incidents that touched it. Pure.
import type { Incident } from "$contract/incident.ts";

export type Slice = "ok" | "warn" | "crit" | "ahead";
export const SLICES = 144;
const SLICE_MS = 600_000;

export const nowSlice = (now: number): number => Math.floor((now - new Date(now).setHours(0, 0, 0, 0)) / SLICE_MS);

export const dayOf = (incidents: readonly Pick<Incident, "openedAt" | "resolvedAt" | "severity">[], now: number): Slice[] => {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const last = nowSlice(now);
  const slices = Array.from({ length: SLICES }, (_, index): Slice => (index > last ? "ahead" : "ok"));
  for (const { openedAt, resolvedAt, severity } of incidents) {
    if (severity === "info") continue;
    const from = Math.max(0, Math.floor((Date.parse(openedAt) - midnight) / SLICE_MS));
    const to = Math.min(last, Math.floor(((resolvedAt ? Date.parse(resolvedAt) : now) - midnight) / SLICE_MS));
    for (let index = from; index <= to; index += 1) if (slices[index] !== "crit") slices[index] = severity === "critical" ? "crit" : "warn";
  }
  return slices;
};
