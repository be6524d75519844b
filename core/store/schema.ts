// All tables of jarvis.db: what may be rebuilt or lost without an act being lost (acts are in journal.db).
import { blob, index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const settings = sqliteTable("settings", { key: text("key").primaryKey(), value: text("value").notNull() });

export const readings = sqliteTable("readings", {
  channel: text("channel").primaryKey(),
  value: text("value").notNull(),
  revision: integer("revision").notNull(),
  at: text("at").notNull(),
});

/** One reading's figures as they came; a large one in several rows. `low`, `high`: the first and last name in it, so that who wants a few names reads few rows. */
export const samples = sqliteTable(
  "samples",
  { id: integer("id").primaryKey(), atMs: integer("at_ms").notNull(), low: text("low").notNull(), high: text("high").notNull(), body: text("body").notNull() },
  (table) => [index("samples_at").on(table.atMs)],
);

/** `seenMs`: when it last had a value; what has had none for as long as anything is kept is forgotten. */
export const series = sqliteTable("series", { id: integer("id").primaryKey(), name: text("name").notNull().unique(), seenMs: integer("seen_ms").notNull() });

/** A stretch of one series in one tier. In the order of time, so that it grows at its end and what is old goes in one piece. The table has no rowid (see its migration). */
export const chunks = sqliteTable(
  "chunks",
  { tier: integer("tier").notNull(), startS: integer("start_s").notNull(), series: integer("series").notNull(), body: blob("body", { mode: "buffer" }).notNull() },
  (table) => [primaryKey({ columns: [table.tier, table.startS, table.series] })],
);

/** Of which resources the source's own past was asked: from when on, and where to go on; `next` null when all of it is here. */
export const fills = sqliteTable("fills", { resource: text("resource").primaryKey(), sinceMs: integer("since_ms").notNull(), next: text("next") });

export const incidents = sqliteTable(
  "incidents",
  {
    id: text("id").primaryKey(),
    alert: text("alert").notNull(),
    status: text("status").notNull(),
    openedAt: text("opened_at").notNull(),
    body: text("body").notNull(),
    timeline: text("timeline").notNull(),
    scene: text("scene").notNull(),
  },
  (table) => [index("incidents_status").on(table.status), index("incidents_opened").on(table.openedAt)],
);

export const feed = sqliteTable("feed", { seq: integer("seq").primaryKey({ autoIncrement: true }), at: text("at").notNull(), body: text("body").notNull() });

export const tokens = sqliteTable("tokens", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  scope: text("scope").notNull(),
  hash: text("hash").notNull().unique(),
  createdAt: text("created_at").notNull(),
  lastUsedAt: text("last_used_at"),
});

export const sessions = sqliteTable("sessions", {
  cookieHash: text("cookie_hash").primaryKey(),
  keyHash: text("key_hash").notNull(),
  createdAt: text("created_at").notNull(),
  authenticatedAt: text("authenticated_at").notNull(),
  expiresAt: text("expires_at").notNull(),
});

export const approvals = sqliteTable("approvals", {
  plugin: text("plugin").primaryKey(),
  manifestHash: text("manifest_hash").notNull(),
  contentHash: text("content_hash").notNull(),
  denied: text("denied").notNull(),
  approvedAt: text("approved_at").notNull(),
});

export const conversations = sqliteTable(
  "conversations",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    conversation: text("conversation").notNull(),
    role: text("role").notNull(),
    text: text("text").notNull(),
    at: text("at").notNull(),
  },
  (table) => [index("conversations_id").on(table.conversation)],
);

/** What plugins were told to keep. Its words stand in the FTS5 table `records_words` too, kept alike by triggers (see its migration). `tags`: parted by blanks. */
export const records = sqliteTable(
  "records",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    plugin: text("plugin").notNull(),
    shelf: text("shelf").notNull(),
    text: text("text").notNull(),
    about: text("about").notNull(),
    tags: text("tags").notNull(),
    source: text("source").notNull(),
    by: text("by").notNull(),
    atMs: integer("at_ms").notNull(),
    confidence: real("confidence").notNull(),
    trusted: integer("trusted", { mode: "boolean" }).notNull(),
  },
  (table) => [index("records_shelf").on(table.plugin, table.shelf, table.trusted)],
);

/** What models took on a day (UTC), of each route and model. The day is begun before a request is sent and set right when it is over. */
export const spending = sqliteTable(
  "spending",
  {
    day: text("day").notNull(),
    route: text("route").notNull(),
    model: text("model").notNull(),
    input: integer("input").notNull(),
    output: integer("output").notNull(),
    cached: integer("cached").notNull(),
    costUsd: real("cost_usd").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.route, table.model] })],
);
