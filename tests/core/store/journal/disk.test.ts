// The journal on a disk that fails (reliability D3-D9): cut off anywhere, full, locked by somebody else, damaged by a byte. What was acknowledged is there, or the loss is told; nothing is quietly begun anew.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JarvisError } from "../../../../core/contract/error.ts";
import { faultOf } from "../../../../core/store/journal/fault.ts";
import { openJournal } from "../../../../core/store/journal/open.ts";
import { createManualClock } from "../../../support/clock.ts";
import { full, randomOf } from "../../../support/seed.ts";

const CUTS = full ? 500 : 40;
const FLIPS = full ? 1000 : 40;
const NOTES = 60;
const clock = createManualClock();
let folder = "";
const opened: { close(): void }[] = [];
const open = (where = folder) => {
  const journal = openJournal({ path: join(where, "journal.db"), anchorPath: join(where, "anchor"), clock });
  opened.push(journal);
  return journal;
};
const closeAll = (): void => {
  for (const one of opened.splice(0))
    try {
      one.close();
    } catch {
      // Closed already, or its file was taken away or damaged by the test.
    }
};
beforeEach(() => {
  folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "jarvis-disk-"));
});
afterEach(() => {
  closeAll();
  rmSync(folder, { recursive: true, force: true });
});

const faultIn = (act: () => void): string => {
  try {
    act();
    return "none";
  } catch (thrown) {
    return faultOf(thrown) ?? String(thrown);
  }
};

/** A living journal with notes, and how long its log was when each was acknowledged. */
const written = () => {
  const journal = open();
  const wal = join(folder, "journal.db-wal");
  const acknowledged = Array.from({ length: NOTES }, (_, index) => {
    journal.note({ index, filler: "x".repeat(index * 20) });
    return { seq: journal.head().seq, hash: journal.head().hash, bytes: statSync(wal).size };
  });
  return { journal, acknowledged, bytes: statSync(wal).size };
};
/** The files as a power cut leaves them, for one more start. */
const copyOf = (name: string): string => {
  const away = join(folder, name);
  mkdirSync(away);
  for (const file of ["journal.db", "journal.db-wal", "anchor"]) if (existsSync(join(folder, file))) copyFileSync(join(folder, file), join(away, file));
  return away;
};
const records = (where: string): { seq: number; hash: string }[] => {
  const file = new Database(join(where, "journal.db"), { readonly: true });
  const found = file.query<{ seq: number; hash: string }, []>("SELECT seq, hash FROM records ORDER BY seq").all();
  file.close();
  return found;
};

test("cut off anywhere, what was acknowledged by then is there and the chain holds", () => {
  const random = randomOf("power cuts");
  const { acknowledged, bytes } = written();
  for (let cut = 0; cut < CUTS; cut += 1) {
    // The anchor is written after what it remembers was synced: no cut comes before that.
    const least = acknowledged[0]?.bytes ?? 0;
    const at = least + Math.floor(random() * (bytes - least));
    const away = copyOf(`cut-${cut}`);
    const wal = join(away, "journal.db-wal");
    truncateSync(wal, at);
    // What was not synced may also be there as nonsense.
    if (random() < 0.5) writeFileSync(wal, Buffer.concat([readFileSync(wal), Buffer.alloc(Math.floor(random() * 9000), Math.floor(random() * 256))]));
    const journal = open(away);
    expect(journal.problems).toEqual([]);
    const found = new Map(records(away).map(({ seq, hash }) => [seq, hash]));
    for (const one of acknowledged.filter((known) => known.bytes <= at)) expect(found.get(one.seq)).toBe(one.hash);
    journal.close();
    rmSync(away, { recursive: true });
  }
});

/** A table or a guard whose own definition was hit cannot be written any more: no start, and so nothing done. */
const look = (where: string): "whole" | "told" | "no start" => {
  try {
    const journal = open(where);
    const told = journal.problems.length > 0;
    journal.close();
    return told ? "told" : "whole";
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(JarvisError);
    return "no start";
  }
};

test("with a byte changed anywhere in it, it is whole all the same or says that it is not", () => {
  const random = randomOf("flipped bytes");
  const { journal, acknowledged } = written();
  journal.close();
  for (let flip = 0; flip < FLIPS; flip += 1) {
    const away = copyOf(`flip-${flip}`);
    const path = join(away, "journal.db");
    const bytes = readFileSync(path);
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    writeFileSync(path, bytes);
    const found = look(away);
    if (found === "whole") expect(records(away).slice(0, acknowledged.at(-1)?.seq).at(-1)?.hash).toBe(acknowledged.at(-1)?.hash ?? "");
    if (found === "told") expect(open(away).modes().killLevel).toBe("effects");
    rmSync(away, { recursive: true });
  }
});

test("hit in its header or in the words of a guard, it does not start and says what a person may do; the file stays", () => {
  written().journal.close();
  const whole = readFileSync(join(folder, "journal.db"));
  // The file format's write version (byte 18): anything over 2 means "only to be read". The guard: its text lies in the file as it was made.
  for (const at of [18, whole.indexOf("NEW.epoch") + 4, whole.indexOf("NEW.epoch")]) {
    const away = copyOf(`hit-${at}`);
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ 8;
    writeFileSync(join(away, "journal.db"), bytes);
    expect(() => open(away)).toThrow(/^The journal .*journal\.db cannot be used as it is \(.+\)\. It is left where it lies\./);
    expect(readFileSync(join(away, "journal.db")).length).toBe(bytes.length);
  }
});

describe("found otherwise than it was left", () => {
  test("empty, it is begun anew and told, and nothing may be done", () => {
    written().journal.close();
    const away = copyOf("empty");
    truncateSync(join(away, "journal.db"), 0);
    const journal = open(away);
    expect(journal.problems.length).toBeGreaterThan(0);
    expect(journal.modes().killLevel).toBe("effects");
  });
  test("with its log left behind by a death, it has everything", () => {
    const { acknowledged } = written();
    const away = copyOf("dead");
    expect(statSync(join(away, "journal.db-wal")).size).toBeGreaterThan(0);
    const journal = open(away);
    expect(journal.problems).toEqual([]);
    expect(records(away).length).toBe(acknowledged.length + 2);
  });
});

describe("locked by another process", () => {
  test("it says so in less than the kill switch is given, and goes on as soon as it is free", () => {
    const journal = open();
    const other = new Database(join(folder, "journal.db"));
    other.run("BEGIN IMMEDIATE");
    const began = performance.now();
    expect(faultIn(() => journal.note({}))).toBe("busy");
    expect(performance.now() - began).toBeLessThan(200);
    other.run("COMMIT");
    expect(faultIn(() => journal.note({}))).toBe("none");
    other.close();
    expect(journal.verifyChain().ok).toBe(true);
  });
});

/** A disk of 2 MiB; undefined where none may be mounted. */
const smallDisk = (): string | undefined => {
  const at = join(folder, "disk");
  mkdirSync(at);
  const mounted = process.platform === "linux" && Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", at]).exitCode === 0;
  if (!mounted) console.warn("skipped: no disk to fill: only root may mount one");
  return mounted ? at : undefined;
};

describe("on a full disk", () => {
  test("a start after a death fails, and takes the journal for no damaged one", () => {
    const at = smallDisk();
    if (at === undefined) return;
    try {
      const { acknowledged } = written();
      for (const file of ["journal.db", "journal.db-wal", "anchor"]) copyFileSync(join(folder, file), join(at, file));
      Bun.spawnSync(["dd", "if=/dev/zero", `of=${join(at, "filler")}`, "bs=1k"], { stderr: "ignore" });
      expect(() => open(at)).toThrow();
      rmSync(join(at, "filler"));
      expect(open(at).problems).toEqual([]);
      expect(records(at).slice(0, acknowledged.at(-1)?.seq).at(-1)?.hash).toBe(acknowledged.at(-1)?.hash ?? "");
    } finally {
      closeAll();
      Bun.spawnSync(["umount", "-l", at]);
    }
  });

  test("it refuses and is not damaged; with room again it goes on, and nothing was lost", () => {
    const at = smallDisk();
    if (at === undefined) return;
    try {
      const journal = open(at);
      journal.note({ before: true });
      const filler = join(at, "filler");
      for (let round = 0; round < 5; round += 1) {
        Bun.spawnSync(["dd", "if=/dev/zero", `of=${filler}`, "bs=1k"], { stderr: "ignore" });
        const head = journal.head().seq;
        const faults = Array.from({ length: 40 }, () => faultIn(() => journal.note({ filler: "x".repeat(4000) })));
        expect(faults.at(-1)).toBe("full");
        expect(new Set(faults.filter((fault) => fault !== "none"))).toEqual(new Set(["full"]));
        expect(journal.head().seq).toBe(head + faults.filter((fault) => fault === "none").length);
        rmSync(filler);
        expect(faultIn(() => journal.note({ round }))).toBe("none");
      }
      expect(journal.verifyChain().ok).toBe(true);
      journal.close();
      expect(open(at).problems).toEqual([]);
    } finally {
      closeAll();
      Bun.spawnSync(["umount", "-l", at]);
    }
  });
});
