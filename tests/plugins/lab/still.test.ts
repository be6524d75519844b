// What a guest's counters say while it hangs or is frozen: those it no longer moves stand still, the others go on.
import { expect, test } from "bun:test";
import { handClock } from "../../../plugins/lab/clock.ts";
import { createFaults } from "../../../plugins/lab/faults/all.ts";
import { proxmoxFaults } from "../../../plugins/lab/faults/catalog.ts";
import { makeSecrets } from "../../../plugins/lab/keep.ts";
import { createPbs } from "../../../plugins/lab/pbs/state.ts";
import { createWorld } from "../../../plugins/lab/world/create.ts";
import { home } from "../../../plugins/lab/world/home/home.ts";
import { loadOf } from "../../../plugins/lab/world/load.ts";

const COUNTERS = ["netin", "netout", "diskread", "diskwrite"] as const;

test.each([
  ["guest-hung", []],
  ["guest-frozen", ["netin", "netout", "diskread"]],
  ["agent-dead", [...COUNTERS]],
])("under %s only %j go on", async (fault, going) => {
  const clock = handClock(Date.UTC(2026, 10, 22, 12));
  const life = createWorld({ input: home, clock, seed: 7, dialect: "9.1", secrets: makeSecrets() });
  const faults = createFaults(
    proxmoxFaults(life.world, () => Promise.reject(new Error("nobody calls")), createPbs(life.world)),
    clock.now,
  );
  const guest = life.world.guests.get(101);
  if (guest === undefined) throw new Error("there is no guest 101");
  faults.break(fault, "guest/101", {});
  const before = loadOf(life.world, guest);
  await clock.advance(300_000);
  const after = loadOf(life.world, guest);
  expect(COUNTERS.filter((name) => after[name] > before[name])).toEqual(COUNTERS.filter((name) => going.includes(name)));
  expect(COUNTERS.filter((name) => after[name] < before[name])).toEqual([]);
  life.stop();
});
