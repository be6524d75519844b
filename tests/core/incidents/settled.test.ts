// What somebody wanted is left alone as long as it stands, over a restart too, and not a moment longer.
import { expect, test } from "bun:test";
import { createFarm, goneAlert } from "./farm.ts";

const [ONE, TWO] = [goneAlert("guest/1"), goneAlert("guest/2")];

test("a wish that was kept and whose alert ended unseen, as by a death in between, hides no later fault; one that still stands does", async () => {
  let open = [TWO];
  const { clock, records, tracker } = createFarm({ settled: { [ONE.id]: "user", [TWO.id]: "user" }, alerts: () => open });
  tracker.start();
  await clock.advance(10_000);
  expect(records.openOnes()).toEqual([]);
  open = [ONE, TWO];
  tracker.told({ raised: [ONE], ended: [] });
  await clock.advance(10_000);
  expect(records.openOnes().map(({ resource }) => resource)).toEqual(["guest/1"]);
  tracker.stop();
});
