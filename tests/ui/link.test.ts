// The one connection: greeting, credential, deadlines, silence, coming back.
import { expect, test } from "bun:test";
import { createLink, type LinkState, type SocketEvents } from "../../ui/src/lib/live/link.ts";
import { WireError } from "../../ui/src/lib/live/wire-error.ts";
import { createHandTime } from "../support/ui-time.ts";

interface Line {
  events: SocketEvents;
  sent: { id: number; method: string; params: unknown }[];
  closed: boolean;
}

const setUp = (credential: (fresh: boolean) => Promise<string> = async () => "key") => {
  const { time, advance, settle } = createHandTime();
  const lines: Line[] = [];
  const states: LinkState[] = [];
  const notices: string[] = [];
  const link = createLink({
    open: (events) => {
      const line: Line = { events, sent: [], closed: false };
      lines.push(line);
      return { send: (text) => line.sent.push(JSON.parse(text)), close: () => Object.assign(line, { closed: true }) };
    },
    time,
    credential,
    onState: (state) => states.push(state),
    onNotice: (method) => notices.push(method),
  });
  const line = (): Line => {
    const last = lines.at(-1);
    if (!last) throw new Error("nothing was opened");
    return last;
  };
  const hear = (message: object): void => line().events.message(JSON.stringify({ jsonrpc: "2.0", ...message }));
  const answer = (method: string, result: unknown): void => {
    const asked = line().sent.findLast((message) => message.method === method);
    if (!asked) throw new Error(`${method} was not asked`);
    hear({ id: asked.id, result });
  };
  const refuse = (method: string, type: string, message: string): void => {
    hear({ id: line().sent.findLast((sent) => sent.method === method)?.id, error: { code: -32001, message, data: { type } } });
  };
  const greet = async (): Promise<void> => {
    await settle();
    hear({ method: "hello", params: { protocol: 1, version: "0", time: new Date(time.now()).toISOString() } });
    await settle();
  };
  const enter = async (): Promise<void> => {
    await greet();
    answer("auth", { scope: "admin", caller: { kind: "operator", id: "x", scope: "admin", tainted: false } });
    await settle();
  };
  return { link, lines, line, states, notices, hear, answer, refuse, greet, enter, advance, settle, at: () => link.state.at };
};

test("it greets, shows its key and is live", async () => {
  const house = setUp();
  house.link.start();
  await house.enter();
  expect(house.line().sent[0]).toMatchObject({ method: "auth", params: { key: "key", protocol: 1 } });
  expect(house.at()).toBe("live");
});

test("a call is answered by id, refused in the words of the server, or given up at its deadline", async () => {
  const house = setUp();
  house.link.start();
  await house.enter();
  const good = house.link.call("state.get", {});
  house.answer("state.get", { resources: [] });
  expect(await good).toEqual({ resources: [] });
  const bad = house.link.call("kill", {});
  house.hear({ id: house.line().sent.at(-1)?.id, error: { code: -32003, message: "Only the operator.", data: { type: "operator_only" } } });
  expect(await bad.catch((thrown) => thrown)).toMatchObject({ type: "operator_only", message: "Only the operator." });
  const late = house.link.call("feed.list", {}, 1000).catch((thrown) => thrown);
  await house.advance(1001);
  expect(await late).toMatchObject({ type: "deadline" });
});

test("what cannot be sent now is refused at once and never queued", async () => {
  const house = setUp();
  house.link.start();
  expect(await house.link.call("kill", {}).catch((thrown) => thrown)).toMatchObject({ type: "unavailable" });
  await house.enter();
  expect(house.line().sent.map(({ method }) => method)).toEqual(["auth"]);
});

test("within ten seconds of silence it knows the line is dead, and comes back by itself", async () => {
  const house = setUp();
  house.link.start();
  await house.enter();
  const pending = house.link.call("feed.list", {}, 60_000).catch((thrown) => thrown);
  await house.advance(10_000);
  expect(house.at()).toBe("lost");
  expect(await pending).toMatchObject({ type: "disconnected" });
  await house.advance(600);
  expect(house.lines).toHaveLength(2);
  await house.enter();
  expect(house.at()).toBe("live");
});

test("an answered ping keeps the line", async () => {
  const house = setUp();
  house.link.start();
  await house.enter();
  for (let round = 0; round < 3; round += 1) {
    await house.advance(5001);
    house.answer("time.sync", { time: "" });
    await house.settle();
  }
  expect(house.at()).toBe("live");
});

test("waits grow between tries, and a person may try now", async () => {
  const house = setUp();
  house.link.start();
  await house.settle();
  house.line().events.closed(1006, "");
  await house.advance(500);
  house.line().events.closed(1006, "");
  const state = house.link.state;
  expect(state.at === "lost" && state.nextTry).toBe(1_000_000 + 500 + 1000);
  house.link.retry();
  await house.settle();
  expect(house.lines).toHaveLength(3);
});

test("a refused key is asked for anew once; without a code the page asks a person", async () => {
  const asked: boolean[] = [];
  const house = setUp(async (fresh) => {
    asked.push(fresh);
    if (fresh) throw new WireError("unauthorised", "A code is wanted.");
    return "old";
  });
  house.link.start();
  await house.greet();
  house.refuse("auth", "unauthorised", "No such session.");
  const refused = house.line();
  await house.settle();
  refused.events.closed(4401, "No such session.");
  await house.settle();
  expect(asked).toEqual([false, true]);
  expect(refused.closed).toBe(true);
  expect(house.link.state).toEqual({ at: "login", words: "A code is wanted." });
});

test("a key that ends while the line is live is asked for anew too", async () => {
  const asked: boolean[] = [];
  const house = setUp(async (fresh) => {
    asked.push(fresh);
    return "key";
  });
  house.link.start();
  await house.enter();
  house.line().events.closed(4401, "This credential was revoked.");
  await house.enter();
  expect(asked).toEqual([false, true]);
  expect(house.at()).toBe("live");
});

test.each([4408, 4401])("a key that came too late (%d) is not a refused one: it is shown again, and no person is asked for a code", async (code) => {
  const asked: boolean[] = [];
  const house = setUp(async (fresh) => {
    asked.push(fresh);
    if (fresh) throw new WireError("unauthorised", "A code is wanted.");
    return "key";
  });
  house.link.start();
  await house.greet();
  house.line().events.closed(code, "No auth within 5 seconds.");
  expect(house.link.state).toMatchObject({ at: "lost", words: "This page was too slow to show its key." });
  await house.advance(600);
  await house.enter();
  expect(asked).toEqual([false, false]);
  expect(house.at()).toBe("live");
});

test("a slow reader is told in words, not in what programs resume from", async () => {
  const house = setUp();
  house.link.start();
  await house.enter();
  house.line().events.closed(4408, '{"slow":true,"offset":7}');
  expect(house.link.state).toMatchObject({ at: "lost", words: "This page read too slowly." });
});

test("notices reach the page, and a line given up is not listened to", async () => {
  const house = setUp();
  house.link.start();
  await house.enter();
  house.hear({ method: "chat.delta", params: {} });
  const old = house.line();
  await house.advance(10_000);
  old.events.message(JSON.stringify({ method: "chat.done", params: {} }));
  expect(house.notices).toEqual(["chat.delta"]);
});
