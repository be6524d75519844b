// All tables of jarvis.db: what may be rebuilt or lost without an act being lost (acts are in journal.db).
import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const settings = sqliteTable("settings", { key: text("key").primaryKey(), value: text("value").notNull() });

export const readings = sqliteTable("readings", {
  channel: text("channel").primaryKey(),
  value: text("value").notNull(),
  revision: integer("revision").notNull(),
  at: text("at").notNull(),
});

export const points = sqliteTable("points", { series: text("series").notNull(), atMs: integer("at_ms").notNull(), value: real("value").notNull() }, (table) => [
  primaryKey({ columns: [table.series, table.atMs] }),
  index("points_at").on(table.atMs),
]);

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
