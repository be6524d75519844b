// The channels a page wants: one subscription each, resume after a loss, everything anew after a gap.
import { expect, test } from "bun:test";
import { createWanted } from "../../ui/src/lib/live/wanted.ts";

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

const setUp = (answer: (params: { channel: string; since?: unknown }) => object = () => ({ epoch: "e1", offset: 0, recovered: false, snapshot: { n: 0 } })) => {
  const asked: { method: string; params: unknown }[] = [];
  const values: unknown[] = [];
  const events: unknown[] = [];
  let count = 0;
  const wanted = createWanted({
    call: async (method, params) => {
      asked.push({ method, params });
      if (method !== "channels.subscribe") return { unsubscribed: true };
      count += 1;
      return { subscription: `s${count}`, ...answer(params as { channel: string }) };
    },
    onValue: (_, value) => values.push(value),
    onEvent: (_, data) => events.push(data),
  });
  const tell = (subscription: string, offset: number, type: "patch" | "event" | "snapshot", data: unknown): void =>
    wanted.take({ subscription, channel: "core/drawn", epoch: "e1", offset, time: "", type, data });
  return { wanted, asked, values, events, tell };
};

test("two users of one channel share one subscription, and the last one to go ends it", async () => {
  const { wanted, asked } = setUp();
  wanted.connected();
  const first = wanted.want("core/drawn");
  const second = wanted.want("core/drawn");
  await settle();
  expect(asked).toHaveLength(1);
  first();
  expect(asked).toHaveLength(1);
  second();
  expect(asked.at(-1)).toEqual({ method: "channels.unsubscribe", params: { subscription: "s1" } });
});

test("after a lost connection it asks to go on exactly where it was", async () => {
  const { wanted, asked, tell } = setUp();
  wanted.want("core/drawn");
  wanted.connected();
  await settle();
  tell("s1", 1, "patch", [{ op: "replace", path: "/n", value: 1 }]);
  wanted.lost();
  wanted.connected();
  await settle();
  expect(asked.at(-1)?.params).toEqual({ channel: "core/drawn", since: { epoch: "e1", offset: 1 } });
});

test("a gap asks for everything and shows nothing made up meanwhile", async () => {
  const { wanted, asked, values, tell } = setUp();
  wanted.want("core/drawn");
  wanted.connected();
  await settle();
  tell("s1", 7, "patch", [{ op: "replace", path: "/n", value: 7 }]);
  await settle();
  expect(asked.slice(1).map(({ method }) => method)).toEqual(["channels.unsubscribe", "channels.subscribe"]);
  expect(asked.at(-1)?.params).toEqual({ channel: "core/drawn" });
  expect(values).toEqual([{ n: 0 }, { n: 0 }]);
});

test("what an ended subscription still sends is not taken", async () => {
  const { wanted, events, tell } = setUp();
  wanted.want("core/drawn");
  wanted.connected();
  await settle();
  wanted.lost();
  wanted.connected();
  await settle();
  tell("s1", 1, "event", "late");
  tell("s2", 1, "event", "fresh");
  expect(events).toEqual(["fresh"]);
});
