// journal.db taken away or replaced under a running core: nothing that acts and no rule goes into a file nobody will read again; all else goes on, and so does everything once it is back.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { faultOf } from "../../../../core/store/journal/fault.ts";
import { openJournal } from "../../../../core/store/journal/open.ts";
import type { NewCall } from "../../../../core/store/journal/rows.ts";
import { createManualClock } from "../../../support/clock.ts";

let folder = "";
let closing: { close(): void }[] = [];
const open = () => {
  const journal = openJournal({ path: join(folder, "journal.db"), anchorPath: join(folder, "anchor"), clock: createManualClock() });
  closing.push(journal);
  return journal;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jarvis-away-"));
});
afterEach(() => {
  for (const one of closing) one.close();
  closing = [];
  rmSync(folder, { recursive: true, force: true });
});

const FILES = ["journal.db", "journal.db-wal", "journal.db-shm"];
const to = (other: string): void => {
  mkdirSync(join(folder, other));
  for (const file of FILES) renameSync(join(folder, file), join(folder, other, file));
};
const back = (other: string): void => {
  for (const file of FILES) renameSync(join(folder, other, file), join(folder, file));
};
const faultIn = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (thrown) {
    return faultOf(thrown) ?? String(thrown);
  }
};
const by = { kind: "operator", id: "cli", scope: "admin", tainted: false } as const;
const rules = { by, what: "none", next: 1, rules: [] };
const callOf = (target: string): NewCall => ({
  callId: `call on ${target}`,
  tool: "t",
  arguments: {},
  secret: false,
  caller: by,
  unasked: false,
  effect: "reversible",
  target,
  rule: "allowed",
  decision: "allow",
});
const steps = [{ to: "admitted" as const }, { to: "intent" as const }];

const TAKEN: readonly [string, () => void][] = [
  ["removed", () => FILES.forEach((file) => void rmSync(join(folder, file)))],
  ["moved away", () => to("elsewhere")],
  [
    "replaced by a copy",
    () => {
      copyFileSync(join(folder, "journal.db"), join(folder, "copy"));
      FILES.forEach((file) => void rmSync(join(folder, file)));
      renameSync(join(folder, "copy"), join(folder, "journal.db"));
    },
  ],
];

describe.each(TAKEN)("%s", (_, take) => {
  test("it takes no intent and no rule and says why; what was begun is still followed, the switch heard, and closing works", () => {
    const journal = open();
    const [row, sent] = [journal.propose(callOf("guest/1")), journal.move(journal.propose(callOf("guest/2")), steps)];
    take();
    expect(faultIn(() => journal.move(row, steps))).toBe("away");
    expect(faultIn(() => journal.move(sent, [{ to: "sending" }]))).toBe("away");
    expect(() => journal.ruled(rules)).toThrow(/journal\.db was taken away or replaced while Jarvis runs.*Nothing is done and no rule is made.*put that file back/i);
    expect(faultIn(() => journal.note({ said: "all the same" }))).toBe("none");
    expect(faultIn(() => journal.propose(callOf("guest/3")))).toBe("none");
    expect(faultIn(() => journal.switched({ act: "engage", level: "all", by }))).toBe("none");
    expect(journal.modes().killLevel).toBe("all");
    expect(journal.isInPlace()).toBe(false);
    expect(() => journal.close()).not.toThrow();
    closing = [];
  });
});

test("once it is back all goes on, and nothing was engaged meanwhile", () => {
  const journal = open();
  const row = journal.propose(callOf("guest/1"));
  for (const round of ["one", "two"]) {
    to(round);
    expect(faultIn(() => journal.ruled(rules))).toBe("away");
    back(round);
    expect(faultIn(() => journal.ruled(rules))).toBe("none");
  }
  expect(journal.move(row, steps).state).toBe("intent");
  expect(journal.modes().killLevel).toBeUndefined();
  journal.close();
  closing = [];
  expect(open().problems).toEqual([]);
});

test("the next start after a loss says so and holds", () => {
  const journal = open();
  journal.note({ one: true });
  FILES.forEach((file) => void rmSync(join(folder, file)));
  journal.close();
  closing = [];
  const again = open();
  expect(again.problems.length).toBeGreaterThan(0);
  expect(again.modes().killLevel).toBe("effects");
});
