// A reading on demand: through the poller, never oftener than once a second, and only of what is there.
import { expect, test } from "bun:test";
import { createRefresh } from "../../../core/app/refresh.ts";
import { createStateStore } from "../../../core/state/store.ts";
import { createManualClock } from "../../support/clock.ts";

const made = () => {
  const clock = createManualClock();
  const store = createStateStore({ clock });
  const reads: string[] = [];
  let value: number | undefined = 1;
  const refresh = createRefresh({
    clock,
    store,
    poller: {
      channels: () => ["farm/barn", "farm/field"],
      refresh: async (channel) => {
        reads.push(channel);
        if (value === undefined) store.fail(channel, "the gate is shut");
        else store.accept(channel, { value });
      },
    },
  });
  return { clock, reads, refresh, gate: (next: number | undefined) => (value = next) };
};

test("reads now, and answers a reading younger than a second as it is", async () => {
  const { clock, reads, refresh } = made();
  expect(await refresh("farm/barn")).toMatchObject({ stale: false });
  await refresh("farm/barn");
  expect(reads).toEqual(["farm/barn"]);
  await clock.advance(1500);
  await refresh("farm/barn");
  expect(reads).toEqual(["farm/barn", "farm/barn"]);
});

test("a reading that fails is told as stale, with its words", async () => {
  const { clock, refresh, gate } = made();
  await refresh("farm/barn");
  gate(undefined);
  await clock.advance(2000);
  expect(await refresh("farm/barn")).toMatchObject({ stale: true, words: "the gate is shut" });
});

test("what no monitor fills is refused with the nearest name, and what was never read says so", async () => {
  const { refresh, gate } = made();
  expect(refresh("farm/barm")).rejects.toThrow("Did you mean farm/barn?");
  gate(undefined);
  expect(refresh("farm/field")).rejects.toThrow("could not be read yet");
});
