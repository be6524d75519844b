// What the fixture prescribes for its ill guest where a test has it prescribe: one step, on the guest itself.
import type { Prescription } from "../../core/contract/remedy.ts";

export const MARK_IT: Prescription = {
  name: "mark-it",
  title: "Mark it",
  class: "act",
  words: "It is odd.",
  says: "I mark it.",
  effect: "reversible",
  reach: "root",
  steps: [{ tool: "fixture_thing_mark", input: { target: "guest/901", nonce: "own" } }],
  verify: { by: "gone" },
  deadlineSeconds: 600,
  tries: { most: 1, withinMinutes: 600 },
};
