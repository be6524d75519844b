// What every step of the pipeline works with, handed in once: the journal, the clock, the switches, and who is told. Holds the little that lives in memory.

import { isTerminal } from "../contract/call.ts";
import type { Caller, CallerKind } from "../contract/caller.ts";
import { JarvisError } from "../contract/error.ts";
import type { KillLevel } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { didYouMean } from "../lib/nearest.ts";
import type { Redactor } from "../lib/redact.ts";
import type { Journal } from "../store/journal/open.ts";
import type { Row } from "../store/journal/schema.ts";
import type { BoundTool } from "./bound.ts";
import type { Registry } from "./registry.ts";
import type { PolicyRule } from "./rule-match.ts";
import { parseInput } from "./schema.ts";
import type { SelfView } from "./self.ts";
import type { Health } from "./share.ts";
import type { Switches } from "./switches.ts";
import type { Warrant } from "./warrant.ts";

/** Where a test may hold the pipeline, or end the process. */
export type Checkpoint = "intent" | "sending" | "sent" | "accepted" | "verifying";

/** `related`: what it stands on and what stands on it. `neededBy`: what cannot do without it, its own parts not counted. `escalated`: when an incident on it was handed to a person: words, and when that incident began. */
export interface Standing {
  readonly related: readonly string[];
  readonly neededBy: readonly string[];
  readonly escalated?: { readonly words: string; readonly sinceMs: number } | undefined;
}

export interface PipelineOptions {
  clock: Clock;
  registry: Registry;
  journal: Journal;
  switches: Switches;
  policy: { rules(): readonly PolicyRule[]; minute(): number; tags?(id: string): readonly string[]; protect: readonly string[]; self(): SelfView };
  log: Log;
  redact: Redactor;
  /** What may be done for an incident by one remedy or runbook, as things are in this moment. */
  warrant: (incident: string, by: string) => Warrant;
  /** How many of the target's kind are unhealthy, when somebody counts (F3's unhealthy share). */
  health?: (target: string) => Health;
  /** What is known of the target's place among others, when somebody knows. */
  standing?: (target: string) => Standing;
  /** Told what Jarvis does to its own freedom: that it lowered the mode, and why. */
  told?: (words: string) => void;
  checkpoint?: (name: Checkpoint, callId: string) => Promise<void> | void;
}

export interface Parts extends PipelineOptions {
  /** Aborts when the pipeline stops following calls; they are taken up again at the next start. */
  readonly parked: AbortSignal;
  /** Aborts what is being sent, when stopping took too long. */
  readonly cut: AbortSignal;
  /** Raw parsed inputs of calls not ended: the journal's copy has no secrets. */
  readonly inputs: Map<string, unknown>;
  /** Seats of the people who attend to calls not ended, by call. */
  readonly seats: Map<string, string>;
  /** Told of every change of state, after it is durable. */
  emit(row: Row): void;
}

export const killLevelNow = ({ switches }: Pick<Parts, "switches">): KillLevel | undefined => switches.checkSync();

/** The call's input: the raw one, or after a restart what the journal kept. */
export const inputOf = ({ inputs }: Pick<Parts, "inputs">, tool: BoundTool, row: Row): unknown => {
  if (inputs.has(row.callId)) return inputs.get(row.callId);
  const input = parseInput(tool, row.arguments);
  // What has ended is looked at again at most: nobody would take it out of memory.
  if (!isTerminal(row.state)) inputs.set(row.callId, input);
  return input;
};

/** Throws when the tool's plugin is not there. */
export const toolOf = ({ registry }: Pick<Parts, "registry">, name: string): BoundTool => {
  const tool = registry.get(name);
  if (!tool) throw new JarvisError("not_found", { message: `There is no tool named ${name}.` });
  return tool;
};

/** Who may list the tools; a model and a plugin know only those they were given, and are told of no others. */
const LISTS_TOOLS: ReadonlySet<CallerKind> = new Set<CallerKind>(["operator", "script", "mcp"]);

/** The tool somebody asks for; a mistyped name is answered with the nearest, where the caller may see it. */
export const askedTool = (parts: Pick<Parts, "registry">, name: string, caller: Caller): BoundTool => {
  if (parts.registry.get(name) !== undefined || !LISTS_TOOLS.has(caller.kind)) return toolOf(parts, name);
  const known = parts.registry.list().map((tool) => tool.name);
  throw new JarvisError("not_found", { message: `There is no tool named ${name}.${didYouMean(name, known) || " tools.list names those there are."}` });
};

export const checkpoint = async (parts: Pick<Parts, "checkpoint">, name: Checkpoint, callId: string): Promise<void> => {
  if (parts.checkpoint) await parts.checkpoint(name, callId);
};
