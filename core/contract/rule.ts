// A rule of the operator's: what is refused, asked about or let be, of whom, on what, and at which hours; or how far Jarvis goes unasked there. Shapes only.
import { z } from "zod";
import { CallerKind } from "./caller.ts";
import { Effect } from "./tool.ts";

/** Names of hours that people use; in the operator's time zone. */
export const HOURS: Readonly<Record<string, string>> = { night: "22:00-06:00", day: "06:00-22:00" };

const MOST_LETTERS = 500;
const listed = (text: string): string[] => text.split(",").map((part) => part.trim());
const isCaller = (part: string): boolean => part.includes("*") || CallerKind.options.some((kind) => part === kind || part.startsWith(`${kind}:`));
const isTarget = (part: string): boolean => part === "*" || /^[a-z*][a-z0-9*-]*\/\S+$/i.test(part);
const isTool = (part: string): boolean => /^[a-z0-9*][a-z0-9_*-]*$/i.test(part);
const patterns = (fits: (part: string) => boolean, wanted: string, about: string) =>
  z
    .string()
    .min(1)
    .max(MOST_LETTERS)
    .refine((text) => listed(text).every(fits), { error: `expected ${wanted}` })
    .describe(about);

const WINDOW = /^(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d$/;
const hasLength = (text: string): boolean => text.slice(0, 5) !== text.slice(6);

/** How far Jarvis goes unasked, the least first: as a house's mode, here for one runbook or one resource. */
export const RULE_MODES = ["observe", "propose", "act"] as const;

/** Patterns: several parted by commas, * for anything. Among rules the last one that fits a call decides. A rule whose action is a mode only lowers the house's, for what Jarvis does unasked. */
export const RuleBody = z.strictObject({
  tool: patterns(
    isTool,
    "a tool's name such as plugin_noun_verb, or a pattern such as *_stop",
    "a tool's name, plugin_noun_verb; * stands for anything, a comma parts several",
  ).default("*"),
  target: patterns(
    isTarget,
    "a resource id such as guest/102, or a pattern such as guest/*",
    "a resource id such as guest/102, or tag/NAME for whatever bears that tag; * stands for anything, a comma parts several",
  ).default("*"),
  caller: patterns(
    isCaller,
    `one of ${CallerKind.options.join(", ")}, or kind:id such as script:backup`,
    "a kind such as script, or kind:id such as script:backup or runbook:storage-full; * stands for anything, a comma parts several",
  ).default("*"),
  /** ask, deny and the modes: this effect and heavier ones. allow: this one and lighter ones. Absent: every effect, looks included. */
  effect: Effect.optional().describe("read, reversible, disruptive or destructive: with ask, deny and a mode that and heavier, with allow that and lighter"),
  when: z
    .string()
    .refine((text) => Object.hasOwn(HOURS, text) || (WINDOW.test(text) && hasLength(text)), { error: "expected hours such as 22:00-06:00 (two different times), or night, or day" })
    .optional()
    .describe("the hours it holds in, such as 22:00-06:00, or night, or day"),
  action: z.enum(["allow", "ask", "deny", ...RULE_MODES]),
  /** What the person said or wants said. */
  words: z.string().min(1).max(300).optional().describe("what is told when it decides"),
});
export type RuleBody = z.output<typeof RuleBody>;

/** `id`: a number for rules kept by Jarvis, `file N` for the Nth in jarvis.yaml. `origin`: `jarvis.yaml:12` or `chat 2026-11-23`. `remark`: why it will never decide anything as things are. */
export const ListedRule = RuleBody.extend({
  id: z.string(),
  origin: z.string(),
  /** In people's words. */
  said: z.string(),
  editable: z.boolean(),
  remark: z.string().optional(),
});
export type ListedRule = z.output<typeof ListedRule>;
