// Reads what a report is made of: the journal's calls and proofs, the incidents, the feed, what could not be seen. Bounded, a page at a time. Reads only.
import { type Call, isTerminal } from "../contract/call.ts";
import type { Clock } from "../lib/clock.ts";
import type { IncidentStore } from "../store/incidents.ts";
import type { Journal } from "../store/journal/open.ts";
import { endOf } from "./end.ts";
import { MOST_LINES } from "./make.ts";
import type { Material, Proof, Unseen } from "./material.ts";
import { type Calendar, daysOf, type Span } from "./period.ts";

const DAY_MS = 86_400_000;
const PAGE = 500;
const MOST_CALLS = 5000;
const [MOST_INCIDENTS, MOST_FEED] = [500, 1000];
/** Of the wall, between two full pages: others have work too. */
const BREATH_MS = 5;

export interface Sources {
  readonly clock: Clock;
  readonly journal: Pick<Journal, "list" | "get" | "unfinished" | "report" | "late" | "askOfCall">;
  readonly incidents: Pick<IncidentStore, "between" | "feedBetween">;
  readonly unseen: (fromMs: number, toMs: number) => readonly Unseen[];
  readonly nameOf: (id: string) => string;
  /** How the tool itself says that a call of it is taken back. */
  readonly undoOf: (callId: string) => string | undefined;
}

const isChange = ({ effect }: Call): boolean => effect !== "read";

/** Those that ended within the span, and those begun before its end that have not ended; in append order. */
const readCalls = async ({ clock, journal }: Sources, span: Span, most: number): Promise<{ calls: Call[]; isCut: boolean }> => {
  const calls: Call[] = [];
  const take = (call: Call): void => {
    const endedMs = isTerminal(call.state) ? Date.parse(call.endedAt ?? call.createdAt) : undefined;
    const belongs = endedMs === undefined ? Date.parse(call.createdAt) < span.toMs : endedMs >= span.fromMs && endedMs < span.toMs;
    if (isChange(call) && belongs) calls.push(call);
  };
  // No call lives longer than a day; those that have not ended are few, and known.
  const firstMs = span.fromMs - DAY_MS;
  for (const { callId, createdMs } of journal.unfinished()) {
    const call = createdMs < firstMs ? journal.get(callId) : undefined;
    if (call) take(call);
  }
  let since = new Date(firstMs).toISOString();
  for (;;) {
    const page = journal.list({ since, limit: PAGE });
    const own = page.filter(({ createdAt }) => Date.parse(createdAt) < span.toMs);
    for (const call of own) take(call);
    const last = page.at(-1);
    if (!last || page.length < PAGE || own.length < page.length) return { calls, isCut: false };
    if (calls.length >= most) return { calls, isCut: true };
    since = last.callId;
    await clock.pause(BREATH_MS * clock.rate);
  }
};

/** Of what a report has lines for. */
const readProofs = ({ journal, undoOf }: Sources, calls: readonly Call[]): Map<string, Proof> => {
  const shown = [...Map.groupBy(calls, endOf)].flatMap(([end, own]) => (end === "refused" || end === "observed" || end === "waiting" ? [] : own.slice(0, MOST_LINES)));
  return new Map(
    shown.flatMap(({ callId }): [string, Proof][] => {
      const report = journal.report(callId);
      return report === undefined ? [] : [[callId, { why: report.why, looks: report.evidence, undo: undoOf(callId) ?? report.undo }]];
    }),
  );
};

export const gather = async (sources: Sources, calendar: Calendar, span: Span, mostCalls = MOST_CALLS): Promise<Material> => {
  const { clock, journal, incidents, unseen, nameOf } = sources;
  const [from, to] = [span.fromMs, span.toMs].map((ms) => new Date(ms).toISOString()) as [string, string];
  const { calls, isCut } = await readCalls(sources, span, mostCalls);
  const held = calls.filter((call) => endOf(call) === "waiting").slice(0, MOST_LINES);
  const feed = incidents.feedBetween(from, to, MOST_FEED);
  const found = incidents.between(from, to, MOST_INCIDENTS);
  return {
    span,
    days: daysOf(calendar, span),
    timeZone: calendar.timeZone,
    nowMs: clock.now(),
    calls,
    isCut,
    proofs: readProofs(sources, calls),
    late: journal.late(span.fromMs).filter(({ at }) => at < span.toMs),
    incidents: found.incidents,
    moreIncidents: found.more,
    feed,
    isFeedCut: feed.length === MOST_FEED,
    unseen: unseen(span.fromMs, Math.min(span.toMs, clock.now())),
    asks: new Map(
      held.flatMap(({ callId }) => {
        const ask = journal.askOfCall(callId);
        return ask === undefined ? [] : [[callId, { id: ask.id, expiresMs: ask.expiresMs }] as const];
      }),
    ),
    nameOf,
  };
};
