// What was said, by conversation. Bounded: the oldest messages go.
import { desc, eq, lt, max } from "drizzle-orm";
import type { Clock } from "../lib/clock.ts";
import type { OpenDatabase } from "./open.ts";
import { conversations } from "./schema.ts";

const MOST_MESSAGES = 20_000;

export const createConversations = ({ database }: OpenDatabase, clock: Clock) => ({
  add({ conversation, role, text }: { conversation: string; role: "person" | "jarvis"; text: string }): void {
    database.insert(conversations).values({ conversation, role, text, at: clock.iso() }).run();
    const newest =
      database
        .select({ seq: max(conversations.seq) })
        .from(conversations)
        .get()?.seq ?? 0;
    if (newest % 200 === 0)
      database
        .delete(conversations)
        .where(lt(conversations.seq, newest - MOST_MESSAGES))
        .run();
  },
  /** Newest first. */
  list: (conversation: string, limit: number) =>
    database.select().from(conversations).where(eq(conversations.conversation, conversation)).orderBy(desc(conversations.seq)).limit(limit).all(),
});
