// Autonomy and the kill switch: who may move them, and that no crash, restart or hand on the file releases.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "../../../core/store/journal/open.ts";
import { createSwitches } from "../../../core/tools/switches.ts";
import { createManualClock } from "../../support/clock.ts";
import { ADMIN_TOKEN, MODEL, OPERATOR, TOKEN } from "./rig.ts";

let folder = "";
let clock = createManualClock();
let journal: ReturnType<typeof openJournal>;
let switches: ReturnType<typeof createSwitches>;
const file = () => join(folder, "data", "KILL");
const open = (initialMode: "observe" | "propose" | "act" = "act") => {
  journal = openJournal({ path: join(folder, "data", "journal.db"), anchorPath: join(folder, "data", "anchor"), clock });
  switches = createSwitches({ journal, clock, killPath: file(), initialMode });
};
const reopen = (initialMode?: "observe" | "propose" | "act") => {
  switches.stop();
  journal.close();
  open(initialMode);
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jarvis-switches-"));
  clock = createManualClock();
  open();
});
afterEach(() => {
  switches.stop();
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the kill switch", () => {
  test("is off at a first start", () => expect(switches.view()).toEqual({ mode: "act", killed: false, maintenance: false }));

  test("engages by the file: empty means effects, else the level's word, anything else effects", () => {
    for (const [text, level] of [
      ["", "effects"],
      ["pause\n", "pause"],
      ["all", "all"],
      ["nonsense", "effects"],
    ] as const) {
      writeFileSync(file(), text);
      expect(switches.checkSync()).toBe(level);
      rmSync(file());
      expect(switches.checkSync()).toBe(level);
      switches.release(OPERATOR);
      expect(switches.checkSync()).toBeUndefined();
    }
  });

  test("seen by its file is not released by removing the file, nor by a restart", async () => {
    const told: boolean[] = [];
    switches.on(({ killed }) => told.push(killed));
    writeFileSync(file(), "");
    await clock.advance(1000);
    expect(told).toEqual([true]);
    rmSync(file());
    expect(switches.checkSync()).toBe("effects");
    reopen();
    expect(switches.view().killLevel).toBe("effects");
  });

  test("is engaged by anyone, only ever adds, and holds over a restart", () => {
    switches.engage("effects", MODEL, "why");
    switches.engage("pause", OPERATOR);
    expect(switches.view().killLevel).toBe("effects");
    switches.engage("all", TOKEN);
    reopen();
    expect(switches.view().killLevel).toBe("all");
  });

  test("is released by the operator alone, the file with it", () => {
    switches.engage("effects", OPERATOR);
    writeFileSync(file(), "");
    for (const caller of [TOKEN, MODEL, { ...OPERATOR, kind: "mcp" as const }]) expect(() => switches.release(caller)).toThrow("Only the operator");
    switches.release(ADMIN_TOKEN);
    expect(switches.view().killed).toBe(false);
    expect(existsSync(file())).toBe(false);
    reopen();
    expect(switches.view().killed).toBe(false);
  });

  test("engages by the file in the outer folder as well, and a release removes both", () => {
    const outer = join(folder, "KILL");
    switches.stop();
    switches = createSwitches({ journal, clock, killPath: file(), moreKillPaths: [outer], initialMode: "act" });
    expect(switches.checkSync()).toBeUndefined();
    writeFileSync(outer, "");
    expect(switches.checkSync()).toBe("effects");
    rmSync(outer);
    expect(switches.checkSync()).toBe("effects");
    writeFileSync(outer, "pause");
    writeFileSync(file(), "");
    switches.release(OPERATOR);
    expect([existsSync(outer), existsSync(file()), switches.checkSync()]).toEqual([false, false, undefined]);
  });

  test("counts as engaged while the data folder cannot be read", () => {
    if (process.getuid?.() === 0) {
      rmSync(join(folder, "moved"), { force: true });
      writeFileSync(join(folder, "plain"), "");
      const lost = createSwitches({ journal, clock, killPath: join(folder, "plain", "KILL"), initialMode: "act" });
      expect(lost.checkSync()).toBe("effects");
      lost.stop();
      return;
    }
    chmodSync(join(folder, "data"), 0o000);
    expect(switches.checkSync()).toBe("effects");
    chmodSync(join(folder, "data"), 0o700);
  });

  test("works with a journal that cannot be written, and writes the file instead", () => {
    const deaf = createSwitches({
      journal: {
        ...journal,
        switched: () => {
          throw new Error("disk full");
        },
      },
      clock,
      killPath: file(),
      initialMode: "act",
    });
    deaf.engage("effects", OPERATOR);
    expect(deaf.checkSync()).toBe("effects");
    expect(existsSync(file())).toBe(true);
    deaf.stop();
  });
});

describe("autonomy", () => {
  test("is raised by the operator only and lowered by anyone", () => {
    switches.setMode("observe", MODEL);
    expect(switches.view().mode).toBe("observe");
    for (const caller of [MODEL, TOKEN]) expect(() => switches.setMode("act", caller)).toThrow("Only the operator");
    switches.setMode("propose", OPERATOR);
    expect(switches.view().mode).toBe("propose");
  });

  test("set by hand holds over a restart, until the configuration's word is edited", () => {
    switches.setMode("observe", OPERATOR);
    reopen();
    expect(switches.view().mode).toBe("observe");
    reopen("propose");
    expect(switches.view().mode).toBe("propose");
    reopen("propose");
    expect(switches.view().mode).toBe("propose");
  });
});
