// A journal that cannot be made durable any more holds everything, wherever it shows first (reliability D7).
import { afterEach, expect, test } from "bun:test";
import { journalError } from "../../../core/store/journal/fault.ts";
import { createRig, OPERATOR, type Rig } from "./rig.ts";

let rig: Rig;
afterEach(() => rig.close());

const broken = (): never => {
  throw journalError("broken", new Error("EIO"));
};

test.each(["propose", "move"] as const)("a failed fsync in %s sends nothing and engages the kill switch", async (where) => {
  rig = createRig({ faulty: (parts) => ({ ...parts, journal: { ...parts.journal, [where]: broken } }) });
  const asked = rig.core.pipeline.call({ tool: "world_guest_start", arguments: { vmid: 101 }, caller: OPERATOR, waitSeconds: 0 });
  await expect(Promise.race([asked, rig.clock.advance(5000).then(() => asked)])).rejects.toThrow("could not be made durable");
  expect(rig.core.switches.view()).toMatchObject({ killed: true, killLevel: "effects" });
  expect(rig.world.attempts).toEqual([]);
});
