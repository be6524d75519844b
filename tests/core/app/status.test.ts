// A Jarvis that watches nothing says so: in its log, its feed and core/status.
import { expect, test } from "bun:test";
import { createStatus } from "../../../core/app/status.ts";
import { createSources } from "../../../core/state/sources.ts";
import { createStateStore } from "../../../core/state/store.ts";
import { createManualClock } from "../../support/clock.ts";

const build = () => {
  const clock = createManualClock();
  const told = { log: [] as string[], feed: [] as string[] };
  const store = createStateStore({ clock });
  let tellers = 0;
  const troubles: { what: string; words: string; since: string }[] = [];
  const looks: string[] = [];
  let changed = (): void => undefined;
  const status = createStatus({
    store,
    sources: createSources(clock),
    resources: {
      tellers: () => tellers,
      onTellers: (listener) => {
        changed = listener;
        return () => undefined;
      },
    },
    log: (_, message) => void told.log.push(message),
    feed: { add: ({ kind, words }) => void told.feed.push(`${kind}: ${words}`) },
    version: "1",
    modes: () => ({ mode: "act", killed: false, maintenance: false }),
    self: () => ({ state: "outside", resources: [], words: "" }),
    doubts: () => [],
    own: () => ({ trouble: () => troubles, start: () => void looks.push("begins"), stop: () => void looks.push("ends") }),
  });
  const watch = (count: number): void => {
    tellers = count;
    changed();
  };
  return { status, store, told, watch, troubles, looks };
};

test("with nothing that looks at a house it says so once, everywhere, and takes it back when something does", () => {
  const { status, store, told, watch } = build();
  expect(status.view().watchesNothing).toBeUndefined();
  status.settled();
  expect(told.log).toHaveLength(1);
  expect(told.feed).toEqual([expect.stringMatching(/^notice: I watch nothing: .*jarvis\.yaml/)]);
  expect(store.get("core/status")?.value).toMatchObject({ watchesNothing: expect.stringContaining("I watch nothing") });
  watch(1);
  expect(told.feed).toHaveLength(2);
  expect(status.view()).not.toHaveProperty("watchesNothing");
});

test("a house that is watched is never said not to be, not even while it is taken down", () => {
  const { status, told, watch } = build();
  watch(2);
  status.settled();
  status.leaving();
  watch(0);
  expect([told.log, told.feed]).toEqual([[], []]);
});

test("what is amiss with Jarvis itself stands in its status while it is, and it is looked at from the settling to the leaving", () => {
  const { status, store, told, troubles, looks } = build();
  expect(status.view().notices).toBeUndefined();
  status.settled();
  troubles.push({ what: "The persona cannot be used", words: "x.md:3:1: no such key", since: "2026-11-23T00:00:00.000Z" });
  status.note("x.md:3:1: no such key");
  expect(store.get("core/status")?.value).toMatchObject({ notices: troubles });
  expect(told.feed).toContain("notice: x.md:3:1: no such key");
  troubles.pop();
  status.note("It can be used again.");
  expect(store.get("core/status")?.value).not.toHaveProperty("notices");
  status.leaving();
  expect(looks).toEqual(["begins", "ends"]);
});
