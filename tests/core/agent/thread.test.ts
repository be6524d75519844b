// What a conversation remembers, and for how long; the switches and asks by words; that answers are in English is said once.
import { describe, expect, test } from "bun:test";
import type { HouseHands } from "../../../core/agent/reflex/house-reply.ts";
import type { Hands } from "../../../core/agent/reflex/reply.ts";
import { converse, type Thread } from "../../../core/agent/reflex/thread.ts";
import type { Ask } from "../../../core/contract/call.ts";
import { JarvisError } from "../../../core/contract/error.ts";
import { registered, view } from "./utterances/house.ts";

const tools = await registered();
const ask: Ask = {
  id: "ask-k7p2m9qx",
  tool: "farm_guest_stop",
  arguments: {},
  target: "guest/107",
  effect: "destructive",
  why: "farm_guest_stop on guest/107 disturbs.",
  expiresAt: "2026-11-22T22:00:00.000Z",
  hash: "h",
  callId: "c9",
  caller: { kind: "remedy", id: "mender/stop", scope: "operate", tainted: false },
};

const talk = (house?: Partial<HouseHands>) => {
  const made: string[] = [];
  let thread: Thread = {};
  const hands: Hands = {
    tools: () => tools,
    call: async (tool) => {
      made.push(tool.name.slice(tool.name.indexOf("_") + 1));
      return { callId: "c", state: "succeeded", text: "It is so." };
    },
    house: {
      hold: () => void made.push("hold"),
      release: () => void made.push("release"),
      isHeld: () => false,
      asks: () => [ask],
      decide: async (id, decision, { confirm }) => {
        made.push(`${decision} ${id} ${confirm ?? ""}`.trim());
        return { state: "succeeded" };
      },
      ...house,
    },
  };
  const say = async (text: string, laterMs = 0): Promise<string> => {
    const answer = await converse({ ...view, nowMs: view.nowMs + laterMs }, hands, text, thread);
    thread = answer.thread;
    return answer.made.text;
  };
  return { made, say };
};

describe("what was named last", () => {
  test("is it for ten minutes, and nobody guesses after that", async () => {
    const { made, say } = talk();
    await say("status of nginx");
    await say("restart it", 599_000);
    expect(made).toEqual(["container_restart"]);
    expect(await say("restart it", 1_300_000)).toContain('what "it" stands for');
    expect(made).toHaveLength(1);
  });
  test("a yes answers no question of long ago", async () => {
    const { made, say } = talk();
    await say("restrat nginx");
    await say("yes", 601_000);
    expect(made).toEqual([]);
  });
  test("an order that goes on with and is that order", async () => {
    const { made, say } = talk();
    await say("status of nginx");
    await say("and don't restart it");
    expect(made).toEqual([]);
    await say("and restart it");
    expect(made).toEqual(["container_restart"]);
  });
  test.each(["restart immichdb", "restart the host of nextcloud", "stop the server of immich", "stop immich-db"])(
    "%p is not about the thing whose name is a part of it",
    async (text) => {
      const { made, say } = talk();
      await say(text);
      expect(made).toEqual([]);
    },
  );
  test("a name with a question mark is no answer to which one", async () => {
    const { made, say } = talk();
    await say("restart web");
    await say("web1?");
    expect(made).toEqual([]);
  });
  test.each([
    "is it safe to reboot pve1?",
    "restart nginx if it fails",
    "leave it alone",
    "don't restart it",
    "why did it stop",
    "should I restart it?",
    "I would restart it",
    "starte es nicht neu",
  ])("%p starts nothing", async (text) => {
    const { made, say } = talk();
    await say("status of nginx");
    await say(text);
    expect(made).toEqual([]);
  });
});

describe("the switches and asks", () => {
  test("everything is held by a plain word, and a question or a denial holds nothing", async () => {
    const { made, say } = talk();
    expect(await say("hold everything!")).toStartWith("Held");
    for (const text of ["should I hold everything?", "do not hold everything", "why did you hold everything", "halt nicht alles an", "kill switch?"]) await say(text);
    expect(made).toEqual(["hold"]);
  });
  test("what waits is told by names and how to decide it", async () => {
    const said = await talk().say("what needs my approval?");
    expect(said).toContain("ask-k7p2m9qx: stop win-lab. the stop of win-lab disturbs.");
    expect(said).not.toMatch(/farm_|guest\//);
  });
  test("one is approved with its target typed, or rejected", async () => {
    const { made, say } = talk();
    await say("approve ask-k7p2m9qx win-lab");
    await say("reject it");
    expect(made).toEqual(["approve ask-k7p2m9qx win-lab", "reject ask-k7p2m9qx"]);
  });
  test("of several none is guessed, of none none is made up", async () => {
    const two = talk({ asks: () => [ask, { ...ask, id: "ask-2" }] });
    expect(await two.say("approve it")).toStartWith("Which one?");
    expect(await talk({ asks: () => [] }).say("approve it")).toStartWith("Nothing waits");
    expect(await talk().say("approve ask-9")).toStartWith("There is no ask ask-9");
    expect(two.made).toEqual([]);
  });
  test("a yes without an id is for the ask that was told last, and for none that came in its place", async () => {
    const open = { now: [ask] };
    const { made, say } = talk({ asks: () => open.now });
    for (const text of ["please confirm that", "allow it"]) {
      await say("status of nginx");
      expect(await say(text)).toContain("I have approved nothing");
    }
    open.now = [{ ...ask, id: "ask-bbbbbbbb", target: "guest/101" }];
    expect(await say("approve it")).toContain("ask-bbbbbbbb");
    expect(made).toEqual([]);
    await say("approve it");
    expect(made).toEqual(["approve ask-bbbbbbbb"]);
  });
  test("an ask that a sentence led to is the one that is approved by the next", async () => {
    const { made, say } = talk();
    await say("what needs my approval?");
    await say("release the kill switch");
    await say("approve it");
    expect(made).toEqual(["approve ask-k7p2m9qx"]);
  });
  test('everything is held by "hold it", whatever was named before', async () => {
    const { made, say } = talk();
    await say("status of nginx");
    expect(await say("hold it!")).toStartWith("Held");
    await say("status of nginx");
    await say("reject it");
    expect(made).toEqual(["hold", "reject ask-k7p2m9qx"]);
  });
  test("who may not is told why", async () => {
    const release = (): never => {
      throw new JarvisError("operator_only", { message: "Only the operator may do that." });
    };
    expect(await talk({ isHeld: () => true, release }).say("release the kill switch")).toBe("Only the operator may do that.");
  });
});

describe("manners", () => {
  test.each([
    ["hello", "Hello."],
    ["thanks!", "You are welcome."],
    ["who are you?", "I am T."],
    ["bye", "Goodbye."],
    ["wer bist du?", "I am T."],
  ])("%p is answered in the persona's voice", async (text, words) => expect(await talk().say(text)).toStartWith(words));

  test("that answers are in English is said once to who speaks German", async () => {
    const { say } = talk();
    expect(await say("wie ist die Lage?")).toEndWith("(Ich verstehe Deutsch und antworte auf Englisch.)");
    expect(await say("was ist kaputt?")).not.toContain("Deutsch");
    expect(await talk().say("what's wrong?")).not.toContain("Deutsch");
  });

  test("what is beyond rules says so, what was understood of it, and what would be", async () => {
    const said = await talk().say("paint nextcloud pink");
    expect(said).toContain("running on rules");
    expect(said).toContain("I heard nextcloud (guest/101)");
    expect(said).toContain('"status"');
  });

  test("a page of text is not searched for orders, and reading stays fast", async () => {
    const { made, say } = talk();
    expect(await say(`restart nginx ${"and so on ".repeat(800)}`)).toContain("longer than");
    const started = performance.now();
    for (const text of ["is it ".repeat(60), "what is the ".repeat(30), "show me the list of all ".repeat(15), "a".repeat(400)]) await say(text.slice(0, 400));
    expect(performance.now() - started).toBeLessThan(1000);
    expect(made).toEqual([]);
  });
});
