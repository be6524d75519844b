// A tool as the core holds it: closures and schemas, never a plugin.
import type { z } from "zod";
import type { Asker } from "../contract/caller.ts";
import type { ResourceKind } from "../contract/resource.ts";
import type { ToolResult } from "../contract/result.ts";
import type { Effect, Preflight, Progress, Sent, Trace, Undo, Verdict } from "../contract/tool.ts";

export interface BoundTool {
  /** `plugin_noun_verb`, the one name everywhere. */
  readonly name: string;
  readonly plugin: string;
  readonly title: string;
  readonly about: string;
  /** Sentences of people that mean it, with `{field}` for words and `{=field}` for what was answered last. */
  readonly says?: readonly string[];
  readonly effect: Effect;
  readonly input: z.ZodType;
  readonly output?: z.ZodType;
  readonly deadlineMs: number;
  readonly verifyMs: number;
  /** It opens a console on resources of these kinds: a person sits at its other end for as long as it lasts, sees for themselves whether it works, and nobody else may call it. */
  readonly console?: { readonly kinds: readonly ResourceKind[] };
  /** The input is always the parsed one. Every closure ends when the signal aborts. */
  readonly target: (input: unknown) => string | undefined;
  readonly preflight?: (input: unknown, signal: AbortSignal) => Promise<Preflight>;
  /** `asker`: who called it; a tool that acts on behalf hands it on. */
  readonly run: (input: unknown, noted: Sent, signal: AbortSignal, incident: string | undefined, asker?: Asker) => Promise<ToolResult>;
  readonly progress?: (input: unknown, sent: Sent, signal: AbortSignal) => Promise<Progress>;
  readonly verify?: (input: unknown, sent: Sent, earlier: Verdict | undefined, signal: AbortSignal) => Promise<Verdict>;
  readonly trace?: (input: unknown, sent: Sent, signal: AbortSignal) => Promise<Trace>;
  /** `tool`: its one name. */
  readonly undo?: (input: unknown, sent: Sent) => Undo | undefined;
}
