// All tables of journal.db: what was done, by whom and how it ended. Triggers (migration 0001) keep it append-only and on the edges.
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Ask, Call, CallState, Decision } from "../../contract/call.ts";
import type { Caller } from "../../contract/caller.ts";
import type { Effect, Sent } from "../../contract/tool.ts";

/** States in which a call holds its target: nobody else may act on it. */
export const ACTIVE_STATES = ["intent", "sending", "accepted", "unknown", "verifying"] as const satisfies readonly CallState[];

/** The current row of every call that would change something. Times are epoch ms of the one clock. */
export const calls = sqliteTable(
  "calls",
  {
    callId: text("call_id").primaryKey(),
    /** Append order, shared with `reads`. */
    n: integer("n").notNull(),
    tool: text("tool").notNull(),
    /** Parsed input with every secret taken out. */
    arguments: text("arguments", { mode: "json" }).$type<unknown>(),
    /** 1: something was taken out, so the input cannot be had back from here. */
    secret: integer("secret", { mode: "boolean" }).notNull(),
    caller: text("caller", { mode: "json" }).$type<Caller>().notNull(),
    unasked: integer("unasked", { mode: "boolean" }).notNull(),
    createdMs: integer("created_ms").notNull(),
    incident: text("incident"),
    remedy: text("remedy"),
    /** Hash of caller and idempotency key. */
    idempotency: text("idempotency"),
    effect: text("effect").$type<Effect>().notNull(),
    target: text("target"),
    name: text("name"),
    identity: text("identity"),
    parent: text("parent"),
    decision: text("decision").$type<Decision>().notNull(),
    rule: text("rule").notNull(),
    why: text("why"),
    state: text("state").$type<CallState>().notNull(),
    text: text("text"),
    upid: text("upid"),
    warnings: text("warnings", { mode: "json" }).$type<string[]>(),
    approvedBy: text("approved_by", { mode: "json" }).$type<Caller>(),
    sent: text("sent", { mode: "json" }).$type<Sent>(),
    sentMs: integer("sent_ms"),
    /** When the attempt's connection was closed, or the restart that found it open: grace runs from here. */
    attemptEndedMs: integer("attempt_ended_ms"),
    unknownMs: integer("unknown_ms"),
    endedMs: integer("ended_ms"),
    data: text("data", { mode: "json" }).$type<unknown>(),
  },
  (table) => [
    uniqueIndex("calls_n").on(table.n),
    index("calls_created").on(table.createdMs),
    index("calls_target").on(table.target),
    index("calls_state").on(table.state),
    index("calls_idempotency").on(table.idempotency),
    uniqueIndex("calls_one_active_per_target").on(table.target).where(sql`${table.state} IN ('intent', 'sending', 'accepted', 'unknown', 'verifying')`),
  ],
);
export type Row = typeof calls.$inferSelect;
/** What a move may write beside the state. */
export type Patch = Partial<Omit<Row, "callId" | "n" | "tool" | "arguments" | "secret" | "caller" | "unasked" | "createdMs" | "incident" | "remedy" | "idempotency" | "state">>;

/** The chain: hash = sha256(prev + canonical JSON of the rest). `data` of a transition is what it wrote into the row. */
export const records = sqliteTable(
  "records",
  {
    seq: integer("seq").primaryKey(),
    callId: text("call_id"),
    at: integer("at").notNull(),
    kind: text("kind").$type<"transition" | "switch" | "rules" | "note">().notNull(),
    state: text("state"),
    data: text("data").notNull(),
    prev: text("prev").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [index("records_call").on(table.callId), index("records_kind").on(table.kind)],
);
export type JournalRecord = typeof records.$inferSelect;

export const asks = sqliteTable(
  "asks",
  {
    id: text("id").primaryKey(),
    callId: text("call_id").notNull(),
    body: text("body", { mode: "json" }).$type<Ask>().notNull(),
    expiresMs: integer("expires_ms").notNull(),
    state: text("state").$type<AskState>().notNull(),
    decidedBy: text("decided_by", { mode: "json" }).$type<Caller>(),
    words: text("words"),
  },
  (table) => [index("asks_state").on(table.state), uniqueIndex("asks_call").on(table.callId)],
);
export type AskState = "open" | "approved" | "rejected" | "expired" | "denied" | "refused";
export type AskRow = typeof asks.$inferSelect;

export const reports = sqliteTable("reports", {
  callId: text("call_id").primaryKey(),
  at: integer("at").notNull(),
  state: text("state").$type<CallState>().notNull(),
  body: text("body", { mode: "json" }).$type<Report>().notNull(),
});
/** What a person is told of a call that ended, made from the journal alone. */
export interface Report {
  readonly what: string;
  readonly why: string;
  readonly how: string;
  readonly evidence: readonly string[];
  readonly undo: string | null;
}

/** Light and bounded: the newest calls that only looked. */
export const reads = sqliteTable("reads", {
  n: integer("n").primaryKey(),
  callId: text("call_id").notNull().unique(),
  body: text("body", { mode: "json" }).$type<Call>().notNull(),
});

/** One row: the newest core that may append. */
export const fence = sqliteTable("fence", { id: integer("id").primaryKey(), epoch: integer("epoch").notNull() });
