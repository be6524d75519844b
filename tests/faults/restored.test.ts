// D9: a copy of the journal put back, taken at whatever step of an act. It does not act until the operator has seen it, and never again does what was done since the copy. The real pipeline and journal; the world counts.
import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Checkpoint } from "../../core/tools/parts.ts";
import { createRig, OPERATOR, REMEDY, type Rig } from "../core/tools/rig.ts";

let rig: Rig;
afterEach(() => rig.close());

const path = (name: string): string => join(rig.folder, name);
/** As a backup does it while Jarvis works: one consistent copy of what is durable. */
const backUp = (): void => {
  rmSync(path("copy.db"), { force: true });
  const reader = new Database(path("journal.db"), { readonly: true });
  reader.run("VACUUM INTO ?", [path("copy.db")]);
  reader.close();
  copyFileSync(path("anchor"), path("copy.anchor"));
};
const putBack = async (withAnchor: boolean): Promise<void> => {
  rig.crash();
  for (const file of ["journal.db", "journal.db-wal", "journal.db-shm"]) rmSync(path(file), { force: true });
  copyFileSync(path("copy.db"), path("journal.db"));
  if (withAnchor) copyFileSync(path("copy.anchor"), path("anchor"));
  await rig.restart();
};

/** Backs up as the first act stands at the point, lets it end, and does another. */
const lived = async (at: Checkpoint | "held" | "ended"): Promise<void> => {
  let isCopied = false;
  const copyOnce = (): void => {
    if (!isCopied) backUp();
    isCopied = true;
  };
  rig = createRig({ checkpoint: (name) => (name === at ? copyOnce() : undefined) });
  if (at === "held") {
    const { ask = "" } = await rig.call("world_guest_destroy", 101, OPERATOR);
    copyOnce();
    await rig.core.pipeline.decide(ask, "approve", { caller: OPERATOR, confirm: "guest/101" });
    await rig.clock.advance(60_000);
  } else await rig.finish("world_guest_start", 101, OPERATOR);
  if (at === "ended") copyOnce();
  expect(isCopied).toBe(true);
  await rig.finish("world_guest_restart", 102, OPERATOR);
  expect(rig.world.attempts).toHaveLength(2);
};

/** What the copy, with nothing to show its age, makes of the act it knows. */
const ENDS = { intent: "aborted", sending: "succeeded", sent: "succeeded", accepted: "succeeded", verifying: "succeeded", held: "expired", ended: "succeeded" } as const;
const POINTS = ["intent", "sending", "sent", "accepted", "verifying", "held", "ended"] as const;

describe.each(POINTS)("a journal copied at %s and put back", (at) => {
  test("holds everything until the operator lets go: nothing is done again, and nothing new is done", async () => {
    await lived(at);
    await putBack(false);
    expect(rig.core.journal.problems.map(({ words }) => words).join()).toContain("an older copy restored");
    expect(rig.core.switches.view()).toMatchObject({ killed: true, killLevel: "effects" });
    expect((await rig.call("world_guest_start", 103, OPERATOR)).rule).toBe("killed");
    expect((await rig.call("world_guest_start", 103, REMEDY)).rule).toBe("killed");
    for (const { id } of rig.core.pipeline.asks()) expect((await rig.core.pipeline.decide(id, "approve", { caller: OPERATOR, confirm: "guest/101" })).state).toBe("held");
    await rig.clock.advance(3_600_000);
    expect(rig.world.attempts).toHaveLength(2);
    expect(rig.core.journal.unfinished()).toEqual([]);

    rig.core.switches.release(OPERATOR);
    rig.crash();
    await rig.restart();
    expect(rig.core.switches.view().killed).toBe(false);
    expect((await rig.finish("world_guest_start", 103, OPERATOR)).state).toBe("succeeded");
    expect(rig.world.attempts).toHaveLength(3);
  });

  test("with its own anchor looks whole, and still does nothing a second time: what was under way is looked for, what waited has run out", async () => {
    await lived(at);
    await rig.clock.advance(600_000);
    await putBack(true);
    await rig.clock.advance(3_600_000);
    expect(rig.world.attempts).toHaveLength(2);
    expect(rig.core.journal.list().map(({ state }) => state)).toEqual([ENDS[at]]);
    expect(rig.core.journal.verifyChain().problems).toEqual([]);
  });
});
