// Tool: something a model, a person or a remedy can have done, and what its parts answer. Types and schemas only.
import { z } from "zod";
import type { Context } from "./context.ts";
import { ResourceId } from "./resource.ts";
import type { ToolResult } from "./result.ts";

export const Effect = z.enum(["read", "reversible", "disruptive", "destructive"]);
export type Effect = z.infer<typeof Effect>;

/**
 * Facts the policy decides by, read twice: at admission and at most 2 s before the first byte is sent (reliability F4).
 * Absent means "does not apply here"; null means "could not be learned", which refuses.
 */
export const Preflight = z.object({
  target: ResourceId,
  name: z.string().max(200).optional(),
  /** Stable identity: SMBIOS uuid, creation time, container id. */
  identity: z.string().max(200).nullable().optional(),
  /** Addresses the target has by its configuration, read just now; absent: not known. */
  addresses: z.array(z.string().max(100)).max(50).optional(),
  /** Resource id of what carries the target (node/pve, guest/100). */
  parent: z.string().max(200).optional(),
  /** All resources the act would touch beside the target. */
  touches: z.array(ResourceId).max(50).optional(),
  /** What goes along with the one target by its nature, as the guests of a node that is shut down: none of it may be protected or self, but it makes no several targets. */
  carries: z.array(ResourceId).max(1000).optional(),
  /** The target's own word for its state now. */
  status: z.string().max(50).optional(),
  /** Words, when what the act would bring about is so already ("nextcloud runs already"): nothing is sent. */
  already: z.string().max(200).optional(),
  lock: z.string().max(50).optional(),
  /** Tasks now running on the target. */
  busy: z
    .array(z.object({ what: z.string().max(100), id: z.string().max(300) }))
    .max(50)
    .optional(),
  quorate: z.boolean().nullable().optional(),
  /** High availability: whether it keeps the target, in which state, and whether this act would go past it (P7: its own orders only). */
  ha: z
    .object({ managed: z.boolean(), state: z.string().max(50).optional(), past: z.boolean().optional() })
    .nullable()
    .optional(),
  template: z.boolean().optional(),
  protection: z.boolean().optional(),
  /** Share of the carrier's memory free after the act, 0..1 (P11). */
  memoryFreeAfter: z.number().nullable().optional(),
  /** The last act of a person on it (P9): ISO time and words. */
  lastHumanAct: z
    .object({ at: z.string(), words: z.string().max(300), stop: z.boolean() })
    .nullable()
    .optional(),
  /**
   * What there is to go back to when the act loses data: when the newest good backup was made (ISO time; absent: there is none) and how old it may
   * be. Absent: the act loses none, or the owner wants no backup of it. Null raises the effect as a missing backup does, and refuses nothing.
   */
  backup: z
    .object({ goodAt: z.string().max(40).optional(), limitHours: z.number().positive() })
    .nullable()
    .optional(),
  /** The tool's own notes of how the target was, for its verify and trace; decides nothing. */
  facts: z.record(z.string().max(50), z.string().max(300)).optional(),
  /** The other side's own clock when it answered, epoch ms: evidence after a lost reply starts here. */
  serverTimeMs: z.number().optional(),
});
export type Preflight = z.infer<typeof Preflight>;

/** One look at a remote task that was accepted: still going (look again in `againMs`), or ended. */
export const Progress = z.discriminatedUnion("ended", [
  z.object({ ended: z.literal(false), againMs: z.number().int().positive().max(60_000), text: z.string().max(4000).optional() }),
  z.object({ ended: z.literal(true), ok: z.boolean(), text: z.string().max(4000), data: z.unknown().optional(), warnings: z.array(z.string()).max(20).optional() }),
]);
export type Progress = z.infer<typeof Progress>;

/**
 * One look at the world after the act. The pipeline asks until `ok` held twice, at least 5 s apart; `seen` is handed to the second look.
 * `final`, beside a false `ok`: by itself it cannot come true any more, so looking ends at once.
 */
export const Verdict = z.object({ ok: z.boolean(), words: z.string().max(1000), seen: z.unknown().optional(), final: z.boolean().optional() });
export type Verdict = z.infer<typeof Verdict>;

/** Evidence for a call whose reply was lost (reliability F6): effect (adopt it), absence, superseded (someone else's equal act) or unclear. */
export const Trace = z.discriminatedUnion("found", [
  z.object({ found: z.literal("effect"), words: z.string().max(1000), upid: z.string().max(300).optional(), data: z.unknown().optional() }),
  z.object({ found: z.literal("absence"), words: z.string().max(1000) }),
  z.object({ found: z.literal("superseded"), words: z.string().max(1000) }),
  /** `upids`: tasks of ours that fit, when it is unclear because there are several. */
  z.object({ found: z.literal("unclear"), words: z.string().max(1000), upids: z.array(z.string().max(300)).max(20).optional() }),
]);
export type Trace = z.infer<typeof Trace>;

/** The call that takes a done one back: a tool of the same plugin by its own key, its input, and what does not come back with it. */
export const Undo = z.strictObject({ tool: z.string().max(60), input: z.record(z.string().max(60), z.unknown()), words: z.string().max(300).optional() });
export type Undo = z.infer<typeof Undo>;

/** What was noted before the first byte: the other side's own clock (ms, when it tells) and the facts of the preflight. `others`: remote tasks known to be those of other calls, so no evidence for this one. */
export interface Sent {
  readonly others?: readonly string[];
  readonly serverTimeMs?: number;
  readonly preflight?: Preflight;
  readonly result?: ToolResult;
}

export interface Tool<C, K, I extends z.ZodType> {
  /** For the human. */
  title: string;
  /** For the model: when to use it, when not. */
  about: string;
  /**
   * Whole sentences of people that mean it, lower case, such as `remember that {text}`: `{field}` takes the words that stand there, `{=field}` at the end
   * stands for no word and takes the field from the `data` of what a tool of the same plugin answered last in the same conversation.
   */
  says?: readonly string[];
  /** Required: there is no safe default. Policy may only raise it for one call. */
  effect: Effect;
  input: I;
  output?: z.ZodType;
  /** Resource id the call touches, from its input alone; for a name use `preflight`, whose target wins. */
  target?: (input: z.output<I>) => string | undefined;
  /** Reads the facts the policy decides by. Required for every effect above read. Must not change anything. */
  preflight?: (ctx: Context<C, K>, input: z.output<I>) => Promise<Preflight> | Preflight;
  /** Does it once and returns when the other side accepted. Throws JarvisError; a lost reply must throw upstream_timeout or upstream_refused. */
  run: (ctx: Context<C, K>, input: z.output<I>, noted: Sent) => Promise<ToolResult> | ToolResult;
  /** Looks once at the accepted remote task. Absent: `run` was all. */
  progress?: (ctx: Context<C, K>, input: z.output<I>, sent: Sent) => Promise<Progress> | Progress;
  /** Looks once at the world. Absent: acceptance is the proof (allowed for reads only). */
  verify?: (ctx: Context<C, K>, input: z.output<I>, sent: Sent, earlier: Verdict | undefined) => Promise<Verdict> | Verdict;
  /** Looks for evidence after a lost reply or a restart. Absent: the call ends unresolved. */
  trace?: (ctx: Context<C, K>, input: z.output<I>, sent: Sent) => Promise<Trace> | Trace;
  /** How a done one is taken back; told to a person, never called by itself. Absent, or undefined: it cannot be undone. */
  undo?: (input: z.output<I>, sent: Sent) => Undo | undefined;
  /** Its calls that name a runbook are made in the name of who called it, and never more than that one may do. Absent: all its calls are the plugin's own, unasked. */
  onBehalf?: boolean;
  /** Fails for everyone but the operator, in the operator's own untainted words. */
  operatorOnly?: boolean;
  /** Upper bound for run + progress, seconds; default 60. */
  deadlineSeconds?: number;
  /** Upper bound for verify, seconds; default 60. */
  verifySeconds?: number;
}
