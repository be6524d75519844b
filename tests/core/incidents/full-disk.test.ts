// A full disk under the incidents: nothing throws out of the round, nothing is asked of the house over and over, and with room again all goes on by itself.
import { expect, test } from "bun:test";
import type { OpenAlert } from "../../../core/state/alerts.ts";
import { fillDisk } from "../../support/full-disk.ts";
import { createFarm, goneAlert } from "./farm.ts";

const createHouse = (open: { alerts: OpenAlert[] }) => {
  const asked: string[] = [];
  const farm = createFarm({
    suspicion: {
      diagnose: async ({ resource }) => {
        asked.push(resource);
        return { kind: "power", words: "It is dark.", evidence: [], verdict: "fault" };
      },
      scene: async () => ({ log: "x".repeat(8000) }),
    },
    alerts: () => open.alerts,
  });
  farm.tracker.start();
  return { ...farm, asked };
};

test("what ended and what began on a full disk is on record once there is room, and the house was asked once meanwhile", async () => {
  const [first, second] = [goneAlert("guest/1"), goneAlert("guest/2")];
  const open = { alerts: [first] };
  const { clock, db, store, records, asked, tracker } = createHouse(open);
  await clock.advance(10_000);
  expect(records.openOnes().map(({ resource }) => resource)).toEqual(["guest/1"]);

  const makeRoom = fillDisk(db);
  open.alerts = [second];
  asked.length = 0;
  tracker.told({ raised: [second], ended: [first] });
  await clock.advance(600_000);
  expect(asked).toEqual(["guest/2"]);

  makeRoom();
  await clock.advance(20_000);
  expect(records.openOnes().map(({ resource }) => resource)).toEqual(["guest/2"]);
  expect(store.list(["resolved"], 10).map(({ resource }) => resource)).toEqual(["guest/1"]);
  tracker.stop();
});

test("many that are wrong on a full disk are each diagnosed once at most, whatever comes on top, and all are taken up when there is room", async () => {
  const farm = Array.from({ length: 6 }, (_, n) => goneAlert(`guest/${n}`));
  const open = { alerts: farm.slice(0, 3) };
  const { clock, db, records, asked, tracker } = createHouse(open);
  const makeRoom = fillDisk(db);
  tracker.told({ raised: open.alerts, ended: [] });
  await clock.advance(300_000);
  open.alerts = farm;
  tracker.told({ raised: farm.slice(3), ended: [] });
  await clock.advance(300_000);
  expect(asked.toSorted()).toEqual([...new Set(asked)].sort());
  expect(asked.length).toBeLessThanOrEqual(3);

  makeRoom();
  await clock.advance(60_000);
  expect(records.openOnes().map(({ resource }) => resource)).toHaveLength(6);
  tracker.stop();
});
