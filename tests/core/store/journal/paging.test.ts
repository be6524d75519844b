// The journal is read page by page: from a call that was had to its end, with looks among the changes when asked.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../../../../core/store/journal/open.ts";
import { createManualClock } from "../../../support/clock.ts";

test("a list goes on from the last call that was had, to its end", () => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-paging-"));
  const clock = createManualClock();
  const journal = openJournal({ path: join(folder, "journal.db"), anchorPath: join(folder, "anchor"), clock });
  try {
    for (const callId of ["a", "b", "c", "d", "e"])
      journal.putRead(journal.number(), {
        callId,
        tool: "t",
        arguments: {},
        target: null,
        identity: null,
        effect: "read",
        caller: { kind: "operator", id: "cli", scope: "admin", tainted: false },
        decision: "allow",
        rule: "allowed",
        state: "succeeded",
        createdAt: clock.iso(),
      });
    const had: string[] = [];
    for (
      let page = journal.list({ limit: 2, effects: "all", since: "2000-01-01T00:00:00Z" });
      page.length > 0;
      page = journal.list({ limit: 2, effects: "all", since: had.at(-1) })
    )
      had.push(...page.map(({ callId }) => callId));
    expect(had).toEqual(["a", "b", "c", "d", "e"]);
  } finally {
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
