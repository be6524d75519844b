// An approval in words while everything is held is not told as one.
import { expect, test } from "bun:test";
import { houseReply } from "../../../core/agent/reflex/house-reply.ts";
import type { Ask } from "../../../core/contract/call.ts";

const ask: Ask = {
  id: "ask-abcdefgh",
  callId: "c1",
  tool: "farm_thing_restart",
  arguments: {},
  target: "guest/1",
  effect: "disruptive",
  why: "It disturbs.",
  expiresAt: "2026-11-23T12:10:00.000Z",
  hash: "h",
  caller: { kind: "remedy", id: "farm/cure", scope: "operate", tainted: false },
};

test("it says what comes first, and that it still waits", async () => {
  const decide = async () => ({ state: "held", text: "Held: release first, then approve." });
  const hands = { hold: () => undefined, release: () => undefined, isHeld: () => true, asks: () => [ask], decide };
  const reply = await houseReply({ kind: "decide", decision: "approve", ask: ask.id }, hands, []);
  expect(reply).toStartWith("Not approved yet. Held: release first, then approve. ask-abcdefgh");
});
