// While journal.db is not where it was nothing is begun, sent or approved; each says why, nothing latches, and with the file back all goes on.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { createRig, OPERATOR, REMEDY, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(() => {
  rig = createRig();
});
afterEach(() => rig.close());

const FILES = ["journal.db", "journal.db-wal", "journal.db-shm"];
const away = (): void => FILES.forEach((file) => void renameSync(join(rig.folder, file), join(rig.folder, `${file}.away`)));
const back = (): void => FILES.forEach((file) => void renameSync(join(rig.folder, `${file}.away`), join(rig.folder, file)));
const WHY = "journal.db was taken away or replaced while Jarvis runs";

test("an act is refused with words, whoever asks, and done once the file is back", async () => {
  away();
  for (const caller of [OPERATOR, REMEDY]) {
    const answer = await rig.call("world_guest_start", 101, caller, caller === REMEDY ? { remedy: "guest-crashed", incident: "INC-0001" } : {});
    expect(answer).toMatchObject({ state: "refused", rule: "journal", text: expect.stringContaining(WHY) });
  }
  expect(rig.world.attempts).toHaveLength(0);
  expect(rig.core.switches.view()).toMatchObject({ killed: false, mode: "act" });
  back();
  expect((await rig.finish("world_guest_restart", 101, OPERATOR)).state).toBe("succeeded");
});

test("taken away right before the first byte, nothing is sent", async () => {
  rig.setCheckpoint((name) => (name === "intent" ? away() : undefined));
  const call = await rig.finish("world_guest_restart", 101, OPERATOR);
  expect(call).toMatchObject({ state: "aborted", rule: "journal", text: expect.stringContaining(WHY) });
  expect(rig.world.attempts).toHaveLength(0);
  back();
});

test("taken away after it, what was sent is followed to its end", async () => {
  rig.setCheckpoint((name) => (name === "sent" ? away() : undefined));
  expect((await rig.finish("world_guest_restart", 101, OPERATOR)).state).toBe("succeeded");
  back();
});

test("an approval is put off and the ask stays open", async () => {
  await rig.call("world_guest_destroy", 101, OPERATOR);
  const [ask] = rig.core.pipeline.asks();
  const approve = () => rig.core.pipeline.decide(ask?.id ?? "", "approve", { caller: OPERATOR, confirm: "guest/101" });
  away();
  await expect(approve()).rejects.toMatchObject({ type: "unavailable", message: expect.stringMatching(new RegExp(`^${WHY}.*The ask stays open\\.$`)) });
  back();
  expect(await approve()).toEqual({ state: "running" });
});
