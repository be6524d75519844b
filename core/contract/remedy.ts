// A remedy: ordinary tool calls bound to an alert and a cause. It has no code path and no mode of its own. A prescription is one made for a single incident, from what an operator may edit.
import { z } from "zod";
import type { Cause } from "./cause.ts";
import type { Alert, LiveResource } from "./resource.ts";
import { Effect } from "./tool.ts";

export interface Remedy {
  title: string;
  /** Keys of alerts it answers. */
  on: readonly string[];
  /** Kinds of cause it is right for. */
  kinds: readonly string[];
  /** One call after the other; the next only when the one before succeeded. */
  steps: readonly { tool: string; input: (about: { alert: Alert; cause: Cause }) => unknown }[];
  /** How often in an hour on one target, and the least minutes before the 1st, 2nd, 3rd try. */
  tries?: { perHour: number; gapsMinutes: readonly number[] };
}

const Step = z.strictObject({ tool: z.string().max(100), input: z.record(z.string().max(60), z.unknown()) });
export type PlannedStep = z.infer<typeof Step>;

/** What one field of a read tool's `data` must be. `at`: keys parted by dots. */
const Expected = z.strictObject({
  at: z.string().min(1).max(100),
  is: z.union([z.string().max(200), z.number(), z.boolean()]).optional(),
  not: z.union([z.string().max(200), z.number(), z.boolean()]).optional(),
  most: z.number().optional(),
  least: z.number().optional(),
});

/**
 * How it is known to have helped, true twice at least 5 s apart. `gone`: the alert is told no more. `up`: the resource is up. `look`: a tool that only reads answers as expected.
 * Whatever it says, the incident ends only with its alert.
 */
const Verify = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("gone") }),
  z.strictObject({ by: z.literal("up") }),
  z.strictObject({ by: z.literal("look"), tool: z.string().max(100), input: Step.shape.input, expect: Expected }),
]);
export type PlannedProof = z.infer<typeof Verify>;

/**
 * What to do about one incident, its slots filled from the incident's own resource. The core holds it to its words: no step above `effect`, no step on anything but the incident's
 * resource (`root`) or what stands on it (`standing`).
 * `act`: each step as the table of effects lets it. `ask`: a person decides about each step that changes something. `report`: only looks, and says `words`.
 * `hold`: ask although it says act, for this reason. `wait`: it is the right one, but not now, for this reason.
 */
export const Prescription = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/),
  title: z.string().min(1).max(120),
  class: z.enum(["act", "ask", "report"]),
  words: z.string().max(1000),
  says: z.string().max(300),
  effect: Effect,
  reach: z.enum(["root", "standing"]),
  steps: z.array(Step).max(20),
  verify: Verify,
  deadlineSeconds: z.number().int().min(30).max(86_400),
  compensation: Step.optional(),
  /** So many rounds within so many minutes, on one target. */
  tries: z.strictObject({ most: z.number().int().min(1).max(10), withinMinutes: z.number().min(5).max(43_200) }),
  hold: z.string().max(1000).optional(),
  wait: z.string().max(1000).optional(),
});
export type Prescription = z.infer<typeof Prescription>;

/** What a prescription is made from. `standing`: what stands on the resource, at most 300. `open`: what else is wrong in the house now, at most 500. */
export interface Prescribed {
  readonly alert: Alert;
  readonly cause: Cause;
  readonly resource: LiveResource | undefined;
  readonly standing: readonly LiveResource[];
  readonly open: readonly { key: string; resource: string }[];
}
