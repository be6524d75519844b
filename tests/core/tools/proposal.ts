// What the tests of the policy start from: a house in which everything may run, and one plain act in it.
import type { PolicyView, Proposal } from "../../../core/tools/policy.ts";
import { OPERATOR } from "./rig.ts";

/** Noon; `guest/900` is protected. */
export const view = (more: Partial<PolicyView> = {}): PolicyView => ({
  mode: "act",
  killLevel: undefined,
  rules: [],
  minute: () => 12 * 60,
  protect: ["guest/900"],
  self: { state: "outside", resources: [], words: "outside" },
  ...more,
});

/** A restart of `guest/101` by the operator. */
export const proposal = (more: Partial<Proposal> = {}): Proposal => ({
  tool: "world_guest_restart",
  effect: "disruptive",
  target: "guest/101",
  touches: [],
  caller: OPERATOR,
  bound: true,
  hold: undefined,
  ...more,
});
