// A full disk keeps nobody out who was let in, and nobody from speaking: the switch may be what they want.
import { expect, test } from "bun:test";
import { createConversations } from "../../../core/store/conversations.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createTokenStore } from "../../../core/store/tokens.ts";
import { createManualClock } from "../../support/clock.ts";
import { fillDisk } from "../../support/full-disk.ts";

const made = () => openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });

test("a token opens the door though nobody can note when it did; what is said is noted when there is room", async () => {
  const db = made();
  const clock = createManualClock();
  const tokens = createTokenStore({ database: db.database, clock });
  const { token } = tokens.create("script", "operate");
  const conversations = createConversations(db, clock);
  const makeRoom = fillDisk(db);
  for (let minute = 0; minute < 3; minute += 1) {
    expect(tokens.find(token)?.scope).toBe("operate");
    conversations.add({ conversation: "c", role: "person", text: `kill everything ${"x".repeat(3000)} ${minute}` });
    await clock.advance(120_000);
  }
  expect(conversations.list("c", 10).length).toBeLessThan(3);
  makeRoom();
  conversations.add({ conversation: "c", role: "person", text: "thanks" });
  expect(conversations.list("c", 10).map(({ text }) => text.slice(0, 6))).toEqual(["thanks", "kill e", "kill e", "kill e"]);
});
