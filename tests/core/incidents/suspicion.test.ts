// What a diagnosis is told of our own calls: only of what may have reached the thing. A refused or held call stopped nothing.
import { expect, test } from "bun:test";
import type { Call, CallState } from "../../../core/contract/call.ts";
import { createSuspicion } from "../../../core/incidents/suspicion.ts";
import { createClock } from "../../../core/lib/clock.ts";

const call = (state: CallState): Call => ({
  callId: `call-${state}`,
  tool: `farm_guest_${state}`,
  arguments: {},
  target: "guest/101",
  identity: null,
  effect: "disruptive",
  caller: { kind: "operator", id: "dashboard", scope: "admin", tainted: false },
  decision: "allow",
  rule: "allowed",
  state,
  createdAt: "2026-11-22T10:41:00.000Z",
});

test("a call that was refused, denied, expired or waits is no reason for a stop; one that was sent is, however it ended", async () => {
  const heard: string[] = [];
  const { diagnose } = createSuspicion({
    clock: createClock(),
    log: () => undefined,
    monitors: () => [],
    diagnoses: () => [
      {
        plugin: "mender",
        on: ["stopped"],
        read: async ({ ours }) => {
          heard.push(...ours.map(({ tool }) => tool));
          return { kind: "unknown", words: "w", evidence: [], verdict: "unclear" };
        },
      },
    ],
    history: () => ({}),
    ours: () => (["refused", "denied", "expired", "held", "aborted", "succeeded", "failed", "unknown"] as const).map(call),
  });
  const alert = { id: "c#stopped#guest/101", key: "stopped", resource: "guest/101", severity: "critical", title: "it stopped", plugin: "farm", channel: "farm/guests" } as const;
  await diagnose(alert, "2026-11-22T10:42:00.000Z");
  expect(heard).toEqual(["farm_guest_succeeded", "farm_guest_failed", "farm_guest_unknown"]);
});
