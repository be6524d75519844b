// What the front matter of a runbook may say, strictly: each key, what it holds, and what is expected instead. Pure.
import { Effect, z } from "jarvis";
import { CHECK_WORDS, isCheck } from "./checks.ts";
import { SLOT_NAMES } from "./slots.ts";

const [MOST_STEPS, MOST_NEEDS] = [20, 8];
const KEY = /^[a-z][a-z0-9-]*\*?$/;
const TOOL = /^[a-z][a-z0-9-]*(?:_[a-z0-9]+)+$/;

const tool = z.string("expected a tool's name, such as proxmox_guest_start").regex(TOOL, "expected a tool's name, such as proxmox_guest_start");
const Step = z.strictObject({ tool, input: z.record(z.string(), z.unknown(), 'expected a mapping, such as {vmid: "{vmid}"}').default({}) });
export type Step = z.output<typeof Step>;

/** One word, or several in a list. */
const several = <S extends z.ZodType<string>>(word: S) => z.union([word.transform((one) => [one]), z.array(word).min(1).max(20)]);

const Trigger = z.strictObject({
  alert: several(z.string().regex(KEY, "expected the key of an alert, such as guest-frozen, or the beginning of some, such as service-down-*")),
  cause: several(z.string().regex(/^[a-z][a-z0-9-]*$/, "expected a kind of cause, such as network")).optional(),
  resource: z
    .string()
    .max(200)
    .regex(/^[a-z*][a-z0-9*/._@-]*$/, "expected a pattern of resources, such as guest/*")
    .optional(),
});

const MINUTES = { m: 1, h: 60, d: 1440 } as const;
/** In minutes. */
const duration = z
  .string("expected a time, such as 5m, 2h or 1d")
  .regex(/^\d{1,4}[mhd]$/, "expected a time, such as 5m, 2h or 1d")
  .transform((text) => Number(text.slice(0, -1)) * (MINUTES[z.enum(["m", "h", "d"]).parse(text.slice(-1))] ?? 1));
const between = (least: number, most: number, words: string) => duration.refine((minutes) => minutes >= least && minutes <= most, `expected ${words}`);

const Look = z.strictObject({
  tool,
  input: z.record(z.string(), z.unknown()).default({}),
  at: z.string().min(1).max(100),
  is: z.union([z.string(), z.number(), z.boolean()]).optional(),
  not: z.union([z.string(), z.number(), z.boolean()]).optional(),
  most: z.number().optional(),
  least: z.number().optional(),
});
export const PROOFS = ["alert-gone", "resource-up"] as const;
const Verify = z.union([z.enum(PROOFS), Look], `expected ${PROOFS.join(" or ")}, or {tool: a tool that only reads, at: field, is: value}`);

export const FILTERS = ["vm", "ct", "up", "down", "unlocked", "not-ha", "agent", "left-out"] as const;
export type Filter = (typeof FILTERS)[number];

export const Head = z
  .strictObject({
    title: z.string().min(1).max(100),
    about: z.string().max(500).optional(),
    /** Names of what its steps need, used as `{name}`. */
    needs: z
      .array(z.enum(SLOT_NAMES, `expected one of ${SLOT_NAMES.join(", ")}`))
      .max(MOST_NEEDS)
      .default([]),
    trigger: Trigger.optional(),
    /** `guests-on-it`: the steps are made for each guest that stands on the incident's resource. */
    target: z.enum(["itself", "guests-on-it"], "expected itself or guests-on-it").default("itself"),
    only: z
      .array(z.enum(FILTERS, `expected some of ${FILTERS.join(", ")}`))
      .max(FILTERS.length)
      .default([]),
    most: z.number().int().min(1).max(20).default(5),
    class: z.enum(["A", "Q", "R"], "expected A (does it, then reports), Q (asks first) or R (reports with a plan)").optional(),
    effect: Effect.optional(),
    steps: z.array(Step).max(MOST_STEPS).default([]),
    preconditions: z
      .array(z.string().refine(isCheck, `expected some of ${CHECK_WORDS}`))
      .max(10)
      .default([]),
    verify: Verify.default("alert-gone"),
    deadline: between(1, 1440, "1m to 1d").default(10),
    compensation: z.union([z.literal("none"), Step], "expected none, or {tool: ..., input: {...}}").default("none"),
    attempts: z.number().int().min(1).max(5).default(2),
    cooldown: between(5, 43_200, "5m to 30d").default(60),
    /** One sentence for the feed. */
    says: z.string().min(1).max(300).optional(),
    /** For a person: why it asks (Q), or what to do (R). */
    plan: z.string().min(1).max(1000).optional(),
  })
  .superRefine((head, ctx) => {
    const lack = (path: string, message: string): void => ctx.addIssue({ code: "custom", path: [path], message });
    if (head.trigger === undefined) {
      if (head.steps.length === 0) lack("steps", "has no step; only a runbook of class R may do nothing");
      return;
    }
    if (head.class === undefined) lack("class", "is missing: what answers an alert says A, Q or R");
    if (head.effect === undefined) lack("effect", "is missing: expected the most any step does: read, reversible, disruptive or destructive");
    if (head.says === undefined) lack("says", "is missing: expected one sentence for the feed, such as I start {name} again.");
    if (head.class !== "A" && head.plan === undefined) lack("plan", "is missing: expected what a person is told");
    if (head.class !== "R" && head.steps.length === 0) lack("steps", "has no step; only a runbook of class R may do nothing");
    if (head.class === "R" && head.effect !== undefined && head.effect !== "read") lack("effect", "is not read, and class R only reports");
    if (head.class === "A" && head.effect === "destructive") lack("class", "is A, and what is destructive is never done unasked: say Q");
  });
