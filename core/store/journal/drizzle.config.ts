// For the migration generator only: makes migrations of journal.db from schema.ts; triggers are hand-written custom migrations.
import { defineConfig } from "drizzle-kit";

export default defineConfig({ dialect: "sqlite", schema: "./core/store/journal/schema.ts", out: "./core/store/migrations/journal" });
