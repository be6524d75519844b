// Counts what Jarvis would have done where it only watches, from the journal and the incidents as they are. Keeps nothing of its own.
import type { Call } from "../contract/call.ts";
import type { Shadow } from "../contract/shadow.ts";
import type { Records } from "../incidents/record.ts";
import { shadowVerdict } from "../incidents/shadow.ts";
import type { Clock } from "../lib/clock.ts";
import type { Journal } from "../store/journal/open.ts";
import type { Registry } from "../tools/registry.ts";

const DAYS = 30;
const MOST = 200;
/** Where the tool is there no more. */
const USUAL_MS = 120_000;

interface Parts {
  clock: Clock;
  journal: Pick<Journal, "watched" | "byTarget">;
  records: Pick<Records, "get">;
  registry: Pick<Registry, "get">;
}

export const readShadow = ({ clock, journal, records, registry }: Parts): Shadow => {
  const nowMs = clock.now();
  const sinceMs = nowMs - DAYS * 86_400_000;
  const acts = journal.watched(sinceMs, MOST).map(({ atMs, name, ...about }) => {
    const tool = registry.get(about.tool);
    const graceMs = tool === undefined ? USUAL_MS : tool.deadlineMs + tool.verifyMs;
    const incident = records.get(about.incident);
    // Who else did it is asked only of what is over.
    const calls: Call[] = incident?.status === "resolved" ? journal.byTarget(about.target, atMs) : [];
    const judged = shadowVerdict({ tool: about.tool, atMs, graceMs }, incident, calls, nowMs);
    return { at: new Date(atMs).toISOString(), ...about, name: name ?? about.target, ...judged };
  });
  const many = (word: string): number => acts.filter(({ verdict }) => verdict === word).length;
  return { since: new Date(sinceMs).toISOString(), would: acts.length, right: many("right"), wrong: many("wrong"), open: many("open"), acts };
};
