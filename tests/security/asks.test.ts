// What is held stays held until the operator decides, for exactly what was shown, once and in time. Every other word changes nothing in the world.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { z } from "zod";
import { Operation, patched } from "../../core/contract/patch.ts";
import { until } from "../support/until.ts";
import { bySession, bySocket, byToken, cli, type Reply, signIn } from "./doors.ts";
import { ADMIN, createFixtureHouse, type FixtureHouse } from "./fixture-house.ts";

let house: FixtureHouse;
beforeEach(async () => {
  house = await createFixtureHouse({ rate: 40 });
});
afterEach(async () => house.stop());

const TARGET = "guest/906";
const wipe = (nonce: string) => ({ name: "fixture_thing_wipe", arguments: { target: TARGET, nonce } });
const tokenOf = async (scope: "read" | "operate" | "admin"): Promise<string> => (await house.operator("tokens.new", { name: `asks ${scope}`, scope })).token;
const typeOf = (reply: Reply): string | undefined => reply.error?.data?.type;

const held = async (nonce: string) => {
  const answer = await house.operator("tools.call", wipe(nonce));
  expect(answer).toMatchObject({ state: "held", rule: "destructive" });
  const ask = (await house.operator("asks.list")).asks.find(({ callId }) => callId === answer.callId);
  if (!ask) throw new Error("it is held, and there is no ask for it");
  return { ...ask, confirm: TARGET };
};
const approval = (ask: { id: string; hash: string }, more: Record<string, unknown> = { confirm: TARGET }) => ({ id: ask.id, decision: "approve", hash: ask.hash, ...more });
const ended = async (callId: string, withinMs = 10_000): Promise<string> =>
  until(
    async () => {
      const { call } = await house.operator("calls.get", { callId });
      return call.endedAt === undefined ? undefined : call.state;
    },
    { withinMs, what: "the call's end" },
  );

const Operations = z.array(Operation);
const Asks = z.object({ asks: z.record(z.string(), z.unknown()) });

/** What a subscriber of core/asks knows to be open, by its own socket alone. */
const watchAsks = async (url: string, token: string) => {
  const { client, rpc } = await bySocket(url, { token });
  const { result } = await rpc("channels.subscribe", { channel: "core/asks" });
  const first = z.looseObject({ snapshot: z.unknown() }).parse(result).snapshot;
  const now = (): unknown =>
    client.notes("channel.event").reduce((known: unknown, { params }) => (params?.type === "patch" ? patched(known, Operations.parse(params.data)) : params?.data), first);
  return { seen: (): string[] => Object.keys(Asks.parse(now()).asks), close: (): void => client.close() };
};

describe("a destructive act of the operator", () => {
  test("waits, and runs once when the target is typed; a second approval finds nothing", async () => {
    const ask = await held("one");
    expect(ask).toMatchObject({ tool: "fixture_thing_wipe", target: TARGET, effect: "destructive", arguments: { nonce: "one" } });
    expect(house.effects()).toEqual([]);
    await house.operator("asks.decide", approval(ask));
    expect(await ended(ask.callId)).toBe("succeeded");
    await expect(house.operator("asks.decide", approval(ask))).rejects.toThrow("not_found");
    expect(house.effects()).toEqual(["one"]);
  });

  test("is not approved by a wrong, empty or absent target, nor by another ask's hash; it still waits", async () => {
    const ask = await held("two");
    const other = await held("other");
    for (const more of [{}, { confirm: "" }, { confirm: "guest/901" }, { confirm: "*" }, { confirm: `${TARGET} guest/901` }])
      await expect(house.operator("asks.decide", approval(ask, more))).rejects.toThrow("bad_input");
    await expect(house.operator("asks.decide", { ...approval(ask), hash: other.hash })).rejects.toThrow("bad_input");
    expect((await house.operator("asks.list")).asks.map(({ id }) => id).toSorted()).toEqual([ask.id, other.id].toSorted());
    expect(house.effects()).toEqual([]);
  });

  test("is refused for good by a no, with the words kept", async () => {
    const ask = await held("three");
    await house.operator("asks.decide", { id: ask.id, decision: "reject", words: "not before the backup" });
    expect(await ended(ask.callId)).toBe("denied");
    await expect(house.operator("asks.decide", approval(ask))).rejects.toThrow("not_found");
    expect((await house.operator("calls.get", { callId: ask.callId })).call.text).toContain("not before the backup");
    expect(house.effects()).toEqual([]);
  });

  test("reaches every open page and script at once, and its end too: by a word of anybody's, or when its ten minutes are over; an approval then changes nothing", async () => {
    await house.stop();
    // Ten minutes are three seconds of the wall.
    house = await createFixtureHouse({ rate: 200 });
    const watchers = await Promise.all([ADMIN, await tokenOf("operate"), await tokenOf("read")].map((token) => watchAsks(house.url, token)));
    const everybody = async (ids: readonly string[], what: string): Promise<void> => {
      for (const { seen } of watchers) await until(() => seen().join() === ids.join(), { withinMs: 1000, what: `${what} on every socket` });
    };
    const spoken = await held("spoken");
    await everybody([spoken.id], "the ask");
    await house.operator("asks.decide", { id: spoken.id, decision: "reject" });
    await everybody([], "the no");
    const ask = await held("four");
    await everybody([ask.id], "the next ask");
    expect(await ended(ask.callId, 45_000)).toBe("expired");
    await everybody([], "its expiry");
    for (const { close } of watchers) close();
    expect((await house.operator("feed.list", {})).entries.filter(({ words }) => words.startsWith("Nobody decided within ten minutes about"))).toHaveLength(1);
    await expect(house.operator("asks.decide", approval(ask))).rejects.toThrow("not_found");
    expect(house.effects()).toEqual([]);
  }, 60_000);

  test("does not run while the house is held or observes: it stays open, says what comes first, and runs by the same word after that", async () => {
    for (const [nonce, engage, words] of [
      ["killed", () => house.operator("kill", {}), "Held: release first"],
      ["observing", () => house.operator("autonomy.set", { mode: "observe" }), "Observing: raise autonomy first"],
    ] as const) {
      const ask = await held(nonce);
      await engage();
      expect(await house.operator("asks.decide", approval(ask))).toEqual({ state: "held", text: expect.stringContaining(words) });
      expect((await house.operator("asks.list")).asks.map(({ id }) => id)).toEqual([ask.id]);
      expect(house.effects()).not.toContain(nonce);
      await house.operator("release");
      await house.operator("autonomy.set", { mode: "act" });
      await house.operator("asks.decide", approval(ask));
      expect(await ended(ask.callId)).toBe("succeeded");
    }
    expect(house.effects()).toEqual(["killed", "observing"]);
  });

  test("stands while rules about other things come and go, and not when one comes that is about it; the answer and the feed say why", async () => {
    const ask = await held("ruled");
    const { rule } = await house.operator("rules.add", { action: "deny", target: "guest/901" });
    await house.operator("rules.remove", { id: rule.id });
    await house.operator("rules.add", { action: "ask", tool: "fixture_thing_mark" });
    await house.operator("asks.decide", approval(ask));
    expect(await ended(ask.callId)).toBe("succeeded");
    const other = await held("forbidden");
    await house.operator("rules.add", { action: "deny", target: TARGET, words: "leave it" });
    const answer = await house.operator("asks.decide", approval(other));
    expect(answer).toEqual({ state: "refused", text: expect.stringContaining('("leave it")') });
    expect((await house.operator("feed.list", {})).entries[0]?.words).toBe(`You approved fixture_thing_wipe on ${TARGET}, and it was not done: ${answer.text}`);
    expect((await house.operator("asks.list")).asks).toEqual([]);
    expect(house.effects()).toEqual(["ruled"]);
  });
});

describe("who may approve", () => {
  test("no token of scope read or operate, whoever asked: operator_only", async () => {
    const ask = await held("five");
    for (const scope of ["read", "operate"] as const) {
      const rpc = byToken(house.url, await tokenOf(scope));
      expect(typeOf(await rpc("asks.decide", approval(ask)))).toBe("operator_only");
    }
    expect(house.effects()).toEqual([]);
    expect((await house.operator("asks.list")).asks).toHaveLength(1);
  });

  test("no admin token its own call, neither the minted nor the environment's; each the other's", async () => {
    const minted = byToken(house.url, await tokenOf("admin"));
    const ours = byToken(house.url, ADMIN);
    for (const [mine, theirs, nonce] of [
      [minted, ours, "six"],
      [ours, minted, "seven"],
    ] as const) {
      const answer = await mine("tools.call", wipe(nonce));
      expect(answer.result).toMatchObject({ state: "held" });
      const ask = (await house.operator("asks.list")).asks.find(({ arguments: given }) => JSON.stringify(given).includes(nonce));
      if (!ask) throw new Error("there is no ask");
      expect(typeOf(await mine("asks.decide", approval(ask)))).toBe("operator_only");
      expect(house.effects()).not.toContain(nonce);
      expect((await theirs("asks.decide", approval(ask))).error).toBeUndefined();
      expect(await ended(ask.callId)).toBe("succeeded");
      expect(house.effects()).toContain(nonce);
    }
  });

  test("a session only while it is fresh, and again after a new proof", async () => {
    const signed = await signIn(house.url, house.code);
    if (!signed.session) throw new Error(signed.text);
    const { session } = signed;
    const rpc = bySession(house.url, session);
    const heldByIt = await rpc("tools.call", wipe("eight"));
    expect(heldByIt.result).toMatchObject({ state: "held" });
    const first = (await house.operator("asks.list")).asks[0];
    if (!first) throw new Error("there is no ask");
    // Five minutes of the house's clock are less than eight seconds here.
    await until(async () => typeOf(await rpc("release")) === "operator_only", { withinMs: 30_000, what: "the session to be no longer fresh" });
    expect(typeOf(await rpc("asks.decide", approval(first)))).toBe("operator_only");
    const { code } = await house.operator("login.code");
    expect((await signIn(house.url, code, { cookie: session.cookie, "x-jarvis-key": session.key })).session?.key).toBe(session.key);
    expect((await rpc("asks.decide", approval(first))).error).toBeUndefined();
    expect(await ended(first.callId)).toBe("succeeded");
    expect(house.effects()).toEqual(["eight"]);
  }, 60_000);

  test("the command line beside Jarvis: 3 for held, 64 for the wrong target, 0 with it typed", async () => {
    const asked = await cli(house.data, ["call", "fixture_thing_wipe", JSON.stringify({ target: TARGET, nonce: "nine" }), "--json"]);
    expect(asked.code).toBe(3);
    const [ask] = (await house.operator("asks.list")).asks;
    if (!ask) throw new Error("there is no ask");
    expect((await cli(house.data, ["asks", "approve", ask.id])).code).toBe(64);
    expect((await cli(house.data, ["asks", "approve", ask.id, "--confirm", "guest/1"])).code).toBe(64);
    expect(house.effects()).toEqual([]);
    expect((await cli(house.data, ["asks", "approve", ask.id, "--confirm", TARGET])).code).toBe(0);
    expect(await ended(ask.callId)).toBe("succeeded");
    expect(house.effects()).toEqual(["nine"]);
  }, 30_000);
});

describe("a tool that says it only reads", () => {
  test("cannot have its plugin act: not for a read token, nor in observe, nor for anybody", async () => {
    const rpc = byToken(house.url, await tokenOf("read"));
    const peek = { name: "fixture_thing_peek", arguments: { target: "guest/901", nonce: "peek" } };
    const answer = await rpc("tools.call", peek);
    expect(answer.result).toMatchObject({ text: "refused" });
    expect((await house.operator("tools.call", peek)).text).toBe("refused");
    const [call] = (await house.operator("journal.list", {})).calls.toReversed();
    expect(call).toMatchObject({ tool: "fixture_thing_mark", state: "refused", rule: "scope", caller: { kind: "plugin", scope: "read" } });
    expect(house.effects()).toEqual([]);
  });
});
