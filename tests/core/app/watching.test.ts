// Readers of a channel reach the poller, those that came first too.
import { expect, test } from "bun:test";
import { createWatching } from "../../../core/app/watching.ts";
import { createHub } from "../../../core/live/hub.ts";
import { createManualClock } from "../../support/clock.ts";

test("the poller hears when the first reader comes and the last goes, and may ask who was there before", () => {
  const hub = createHub({ clock: createManualClock(), epoch: "1" });
  const told: [string, boolean][] = [];
  const watching = createWatching(hub);
  watching.tell({ watching: (channel, yes) => void told.push([channel, yes]) });
  const early = hub.subscribe("fruit/*", undefined, () => undefined);
  hub.declare("fruit/apples", { kind: "state", title: "Apples" });
  expect([told, watching.isWatched("fruit/apples"), watching.isWatched("fruit/pears")]).toEqual([[["fruit/apples", true]], true, false]);
  early.close();
  expect([told.at(-1), watching.isWatched("fruit/apples")]).toEqual([["fruit/apples", false], false]);
});
