// What was said, by conversation. Bounded: the oldest messages go. On a full disk it waits for room: nobody is kept from speaking.
import { desc, eq, lt, max } from "drizzle-orm";
import type { Clock } from "../lib/clock.ts";
import type { OpenDatabase } from "./open.ts";
import { conversations } from "./schema.ts";

const MOST_MESSAGES = 20_000;
const EVERY = 200;

export const createConversations = ({ database, patient }: OpenDatabase, clock: Clock) => {
  let said = 0;
  const forget = (): void => {
    const newest =
      database
        .select({ seq: max(conversations.seq) })
        .from(conversations)
        .get()?.seq ?? 0;
    database
      .delete(conversations)
      .where(lt(conversations.seq, newest - MOST_MESSAGES))
      .run();
  };

  return {
    add({ conversation, role, text }: { conversation: string; role: "person" | "jarvis"; text: string }): void {
      const row = { conversation, role, text, at: clock.iso() };
      patient.write(`said:${crypto.randomUUID()}`, () => void database.insert(conversations).values(row).run());
      if (said % EVERY === 0) patient.write("said", forget);
      said += 1;
    },
    /** Newest first. */
    list: (conversation: string, limit: number) =>
      database.select().from(conversations).where(eq(conversations.conversation, conversation)).orderBy(desc(conversations.seq)).limit(limit).all(),
  };
};
