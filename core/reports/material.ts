// What a report is made of: rows and records as they stand, already bounded. Shapes only.
import type { Call } from "../contract/call.ts";
import type { FeedEntry, Incident } from "../contract/incident.ts";
import type { Span } from "./period.ts";

/** What the journal says of one call beyond its row. `undo`: how it is taken back; null: it cannot be. */
export interface Proof {
  readonly why: string;
  readonly looks: readonly string[];
  readonly undo: string | null;
}

/** What could not be seen. `toMs` absent: still not. */
export interface Unseen {
  readonly what: string;
  readonly fromMs: number;
  readonly toMs?: number | undefined;
}

export interface Material {
  readonly span: Span;
  readonly days: readonly Span[];
  readonly timeZone: string;
  readonly nowMs: number;
  /** Calls that would change something: those that ended within the span, and those begun before its end that have not ended. */
  readonly calls: readonly Call[];
  /** There are more calls than were read. */
  readonly isCut: boolean;
  /** Of the calls that were sent. */
  readonly proofs: ReadonlyMap<string, Proof>;
  /** What was found of calls after they had ended. */
  readonly late: readonly { callId: string; at: number; words: string }[];
  /** Opened or over within the span, or not over; oldest first. */
  readonly incidents: readonly Incident[];
  /** So many more than are here. */
  readonly moreIncidents: number;
  /** Lines of the feed within the span, oldest first. */
  readonly feed: readonly FeedEntry[];
  /** There are earlier ones than were read. */
  readonly isFeedCut: boolean;
  readonly unseen: readonly Unseen[];
  /** Of held calls: the ask that waits, and until when. */
  readonly asks: ReadonlyMap<string, { id: string; expiresMs: number }>;
  readonly nameOf: (id: string) => string;
}
