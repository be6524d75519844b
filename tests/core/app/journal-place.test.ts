// That the record of acts lies where nobody will find it is told once, stands in the status while it is so, and its end is told too.
import { expect, test } from "bun:test";
import { createJournalPlace } from "../../../core/app/journal-place.ts";
import { createManualClock } from "../../support/clock.ts";

test("told within seconds, once, and once more when it is back", async () => {
  const clock = createManualClock();
  let isThere = true;
  const said: string[] = [];
  const place = createJournalPlace({ clock, log: () => undefined, isInPlace: () => isThere, told: (words) => void said.push(words) });
  place.start();
  await clock.advance(60_000);
  expect([said, place.list()]).toEqual([[], []]);
  isThere = false;
  await clock.advance(60_000);
  expect(said).toEqual([expect.stringContaining("journal.db was taken away or replaced while Jarvis runs")]);
  expect(place.list()).toEqual([{ what: "journal.db", words: said[0] ?? "", since: "2026-01-01T00:01:10.000Z" }]);
  isThere = true;
  await clock.advance(60_000);
  expect(said.slice(1)).toEqual(["journal.db is where it was again: I act and take rules as before."]);
  expect(place.list()).toEqual([]);
  place.stop();
  isThere = false;
  await clock.advance(60_000);
  expect(said).toHaveLength(2);
});
