// What was done for incidents by itself lately, and how long each was known by then: what a circle of cures is told from. Reads only.
import { wasSent } from "../contract/call.ts";
import type { Deed } from "./circle.ts";
import type { TrackParts } from "./parts.ts";

export const mendedBy = ({ recentActs, records }: Pick<TrackParts, "recentActs" | "records">): Deed[] =>
  recentActs().flatMap((call) => {
    const { target, caller, state, incident, createdAt, endedAt } = call;
    const isSent = target !== null && wasSent(state) && endedAt !== undefined;
    const found = incident === undefined || !isSent || (caller.kind !== "remedy" && caller.kind !== "runbook") ? undefined : records.get(incident);
    if (found === undefined || target === null || endedAt === undefined) return [];
    return [{ target, foundMs: Date.parse(found.openedAt), atMs: Date.parse(createdAt), endMs: Date.parse(endedAt) }];
  });
