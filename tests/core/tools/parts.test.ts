// What the pipeline holds in memory of a call goes with the call.
import { expect, test } from "bun:test";
import { z } from "zod";
import { freshRow } from "../../../core/store/journal/rows.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";
import { inputOf } from "../../../core/tools/parts.ts";

const tool: BoundTool = {
  name: "world_guest_start",
  plugin: "world",
  title: "Start",
  about: "",
  effect: "reversible",
  input: z.object({ vmid: z.number() }),
  deadlineMs: 1000,
  verifyMs: 1000,
  target: () => "guest/101",
  run: async () => ({ text: "" }),
};
const row = freshRow(
  {
    callId: "call-1",
    tool: tool.name,
    arguments: { vmid: 101 },
    secret: false,
    caller: { kind: "operator", id: "cli", scope: "admin", tainted: false },
    unasked: false,
    effect: "reversible",
    target: "guest/101",
    decision: "allow",
    rule: "allowed",
    incident: null,
    remedy: null,
    idempotency: null,
  },
  1,
  0,
);

test("the input of a call that has ended is read again and kept by nobody", () => {
  const inputs = new Map<string, unknown>();
  expect(inputOf({ inputs }, tool, { ...row, state: "failed" })).toEqual({ vmid: 101 });
  expect(inputs.size).toBe(0);
  expect(inputOf({ inputs }, tool, { ...row, state: "accepted" })).toEqual({ vmid: 101 });
  expect(inputs.size).toBe(1);
});
