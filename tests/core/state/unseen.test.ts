// What could not be seen is known over restarts: how long, of what, and the time in which nobody looked at all.
import { expect, test } from "bun:test";
import { createOutages } from "../../../core/state/outages.ts";
import { createUnseen } from "../../../core/state/unseen.ts";
import { createKept } from "../../../core/store/kept.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock, type ManualClock } from "../../support/clock.ts";

const MINUTE_MS = 60_000;
const made = () => createKept(openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" }));
const all = (unseen: ReturnType<typeof createUnseen>, clock: ManualClock) => unseen.between(0, clock.now() + 1);
const watching = (kept: ReturnType<typeof made>, clock: ManualClock, seenMs?: number) => {
  const unseen = createUnseen({ clock, kept, seenMs });
  const outages = createOutages(
    clock,
    () => undefined,
    () => undefined,
    unseen.lost,
  );
  const tell = (channel: string, ok: boolean): void => outages.tell({ channel, plugin: "farm", ok, words: "no answer" });
  return { unseen, tell, forget: outages.forget };
};

test("an outage is one gap of all its channels; a short one is none", () => {
  const clock = createManualClock();
  const { unseen, tell } = watching(made(), clock);
  const startMs = clock.now();
  for (const channel of ["farm/guests", "farm/nodes"]) tell(channel, false);
  clock.jump(5 * MINUTE_MS);
  expect(all(unseen, clock)).toEqual([{ what: "farm (farm/guests)", fromMs: startMs }]);
  for (const channel of ["farm/guests", "farm/nodes"]) tell(channel, true);
  expect(all(unseen, clock)).toEqual([{ what: "farm (farm/guests, farm/nodes)", fromMs: startMs, toMs: clock.now() }]);
  tell("farm/guests", false);
  clock.jump(MINUTE_MS / 2);
  tell("farm/guests", true);
  expect(all(unseen, clock)).toHaveLength(1);
  // Only what reaches into the span.
  expect(unseen.between(0, startMs)).toEqual([]);
  expect(unseen.between(startMs + 5 * MINUTE_MS, clock.now())).toEqual([]);
});

test("a source that comes and goes in seconds drives out no real gap", () => {
  const clock = createManualClock();
  const kept = made();
  const { unseen, tell } = watching(kept, clock);
  tell("farm/guests", false);
  clock.jump(60 * MINUTE_MS);
  tell("farm/guests", true);
  for (let times = 0; times < 400; times += 1) {
    tell("farm/guests", false);
    clock.jump(MINUTE_MS / 6);
    tell("farm/guests", true);
    clock.jump(MINUTE_MS);
  }
  expect(all(unseen, clock).map(({ what }) => what)).toEqual(["farm (farm/guests)"]);
});

test("a source that is taken away ends its gap", () => {
  const clock = createManualClock();
  const { unseen, tell, forget } = watching(made(), clock);
  tell("farm/guests", false);
  clock.jump(2 * MINUTE_MS);
  forget("farm/guests");
  expect(all(unseen, clock)[0]?.toMs).toBe(clock.now());
});

test("the time without Jarvis is a gap, and what was away then is away until it ended", () => {
  const kept = made();
  const clock = createManualClock();
  const first = watching(kept, clock);
  const startMs = clock.now();
  first.tell("farm/guests", false);
  clock.jump(10 * MINUTE_MS);
  const lastMs = clock.now();
  clock.jump(60 * MINUTE_MS);
  const second = watching(kept, clock, lastMs);
  const known = [
    { what: "farm (farm/guests)", fromMs: startMs, toMs: lastMs },
    { what: "the whole house (Jarvis was not running)", fromMs: lastMs, toMs: clock.now() },
  ];
  expect(all(second.unseen, clock)).toEqual(known);
  // A restart at once adds none.
  const third = watching(kept, clock, clock.now() - 5000);
  expect(all(third.unseen, clock)).toEqual(known);
});

test("a clock that went back makes no gap", () => {
  const clock = createManualClock();
  expect(all(watching(made(), clock, clock.now() + 5 * MINUTE_MS).unseen, clock)).toEqual([]);
});

test("is bounded: a source that comes and goes for days keeps the newest", () => {
  const clock = createManualClock();
  const { unseen } = watching(made(), clock);
  for (let count = 0; count < 400; count += 1) {
    const over = unseen.lost(`farm ${count}`, clock.now());
    clock.jump(MINUTE_MS);
    over(`farm ${count}`);
  }
  expect(all(unseen, clock)).toHaveLength(300);
  expect(all(unseen, clock)[0]?.what).toBe("farm 100");
});
