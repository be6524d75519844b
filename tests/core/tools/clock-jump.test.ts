// The wall's clock set back while Jarvis was down: what waited for a time of the old clock waits as long as it may, and not a day longer.
import { afterEach, expect, test } from "bun:test";
import { ASK_MS } from "../../../core/tools/hold.ts";
import { GRACE_MS, RESOLVE_MS } from "../../../core/tools/resolve.ts";
import { createRig, OPERATOR, REMEDY, type Rig } from "./rig.ts";

const DAY_MS = 86_400_000;
let rig: Rig;
afterEach(() => rig.close());

const only = () => {
  const [call] = rig.core.journal.list();
  if (!call) throw new Error("no call");
  return call;
};
const setBack = async (): Promise<void> => {
  rig.crash();
  rig.clock.jump(-DAY_MS);
  await rig.restart();
};

test("a lost reply is closed after its grace, and its target is free again", async () => {
  rig = createRig();
  rig.world.fate = "lost";
  await rig.call("world_guest_start", 101, OPERATOR);
  await rig.clock.advance(10_000);
  await setBack();
  await rig.clock.advance(GRACE_MS - 10_000);
  expect(only().state).toBe("unknown");
  await rig.clock.advance(20_000);
  expect(only()).toMatchObject({ state: "failed", text: expect.stringContaining("never applied") });
  expect((await rig.finish("world_guest_start", 101, OPERATOR)).state).not.toBe("refused");
});

test("what cannot be found out is given to a person after its ten minutes", async () => {
  rig = createRig();
  rig.world.fate = "lost";
  rig.world.partial = true;
  await rig.call("world_guest_start", 101, OPERATOR);
  await setBack();
  await rig.clock.advance(RESOLVE_MS + 10_000);
  expect(only().state).toBe("unresolved");
});

test("an ask is not open for a day", async () => {
  rig = createRig({ mode: "propose" });
  expect((await rig.call("world_guest_restart", 101, REMEDY, { incident: "i1", remedy: "guest-crashed" })).state).toBe("held");
  await setBack();
  await rig.clock.advance(ASK_MS + 10_000);
  expect(only().state).toBe("expired");
});

test("what was spent still counts", async () => {
  rig = createRig();
  const ask = () => rig.finish("world_guest_restart", 101, REMEDY, { incident: "i1", remedy: "guest-crashed" });
  expect((await ask()).state).toBe("succeeded");
  await setBack();
  expect(await ask()).toMatchObject({ state: "refused", rule: expect.stringMatching(/target_gap|node/) });
});
