// The file KILL as the system tells of it: made and gone again before anybody looked still engages; a release and a removal by hand do not.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClock } from "../../../core/lib/clock.ts";
import { type FolderWatch, watchFolder } from "../../../core/lib/watch-folder.ts";
import { openJournal } from "../../../core/store/journal/open.ts";
import { createSwitches } from "../../../core/tools/switches.ts";
import { createManualClock } from "../../support/clock.ts";
import { until } from "../../support/until.ts";
import { OPERATOR } from "./rig.ts";

let folder = "";
const closers: (() => void)[] = [];
const kill = () => join(folder, "KILL");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jarvis-kill-file-"));
});
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
  rmSync(folder, { recursive: true, force: true });
});

/** Switches over a clock that moves when told, and a system that tells when told. */
const watched = () => {
  const clock = createManualClock();
  const watches = new Set<FolderWatch>();
  const journal = openJournal({ path: ":memory:", clock });
  const watch: typeof watchFolder = (one) => {
    watches.add(one);
    return () => void watches.delete(one);
  };
  const switches = createSwitches({ journal, clock, killPath: kill(), initialMode: "act", watchFolder: watch });
  closers.push(journal.close, switches.stop);
  const tell = (name = "KILL"): void => {
    for (const { told } of watches) told(name);
  };
  return { clock, switches, watches, tell };
};

describe("a file KILL that nobody read", () => {
  test("made and removed at once engages, and the screen hears of it", async () => {
    const { clock, switches, tell } = watched();
    const heard: unknown[] = [];
    switches.on(({ killLevel }) => heard.push(killLevel));
    tell();
    tell();
    await clock.advance(100);
    expect([heard, switches.checkSync()]).toEqual([["effects"], "effects"]);
  });

  test("is told of by its name alone", async () => {
    const { clock, switches, tell } = watched();
    tell("journal.db-wal");
    await clock.advance(100);
    expect(switches.checkSync()).toBeUndefined();
  });

  test("counts with the level written into it a moment later", async () => {
    const { clock, switches, tell } = watched();
    tell();
    writeFileSync(kill(), "pause");
    await clock.advance(100);
    expect(switches.view().killLevel).toBe("pause");
  });

  test("removed by hand after it was seen changes nothing: it neither releases nor weighs more", async () => {
    const { clock, switches, tell } = watched();
    writeFileSync(kill(), "pause");
    tell();
    await clock.advance(100);
    rmSync(kill());
    tell();
    await clock.advance(100);
    expect(switches.view().killLevel).toBe("pause");
  });

  test("is not heard in the release's own removal, and is again afterwards", async () => {
    const { clock, switches, watches, tell } = watched();
    writeFileSync(kill(), "");
    tell();
    await clock.advance(100);
    switches.release(OPERATOR);
    expect(watches.size).toBe(0);
    await clock.advance(200);
    expect([watches.size, switches.checkSync()]).toEqual([1, undefined]);
    tell();
    await clock.advance(100);
    expect(switches.checkSync()).toBe("effects");
  });
});

test("the real system tells of a file made and removed in one go, and nothing of a release's own removal", async () => {
  let told: string[] = [];
  let attached = 0;
  const watch: typeof watchFolder = (one) => {
    attached += 1;
    return watchFolder({
      ...one,
      told: (name) => {
        told.push(name);
        one.told(name);
      },
    });
  };
  const clock = createClock();
  const journal = openJournal({ path: join(folder, "journal.db"), clock });
  const switches = createSwitches({ journal, clock, killPath: kill(), initialMode: "act", watchFolder: watch });
  closers.push(journal.close, switches.stop);
  for (let again = 1; again <= 20; again += 1) {
    writeFileSync(kill(), "");
    rmSync(kill());
    await until(() => switches.view().killed, { withinMs: 5000, what: "the switch engaged" });
    if (again % 2 === 0) writeFileSync(kill(), "");
    told = [];
    switches.release(OPERATOR);
    await until(() => attached === again + 1, { withinMs: 5000, what: "the folder watched again" });
    // What the system tells comes in order: with this name told, the removal would have been.
    writeFileSync(join(folder, `after-${again}`), "");
    await until(() => told.includes(`after-${again}`), { withinMs: 5000, what: "the next notice" });
    expect([told.includes("KILL"), switches.view().killed]).toEqual([false, false]);
  }
}, 60_000);
