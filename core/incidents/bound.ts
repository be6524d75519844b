// A diagnosis and a remedy as the core holds them: closures, never a plugin.
import type { Cause } from "../contract/cause.ts";
import type { Series } from "../contract/context.ts";
import type { Prescribed, Prescription } from "../contract/remedy.ts";
import type { Alert } from "../contract/resource.ts";
import type { Effect } from "../contract/tool.ts";

export interface BoundDiagnose {
  readonly plugin: string;
  readonly on: readonly string[];
  readonly read: (
    about: { alert: Alert; probes: Record<string, unknown>; history: Record<string, Series>; openedAt: string; ours: readonly { tool: string; at: string; upid?: string }[] },
    signal: AbortSignal,
  ) => Promise<Cause>;
}

export interface BoundRemedy {
  /** `plugin/name`. */
  readonly id: string;
  readonly plugin: string;
  readonly title: string;
  readonly on: readonly string[];
  readonly kinds: readonly string[];
  readonly steps: readonly { tool: string; input: (about: { alert: Alert; cause: Cause }) => unknown }[];
  readonly tries: { perHour: number; gapsMinutes: readonly number[] };
}

export interface BoundPrescribe {
  readonly plugin: string;
  readonly read: (about: Prescribed, signal: AbortSignal) => Promise<Prescription | undefined>;
  /** Of all that it may ever prescribe. */
  readonly names?: (signal: AbortSignal) => Promise<readonly string[]>;
}

/** A prescription with the name it goes by in the journal, `plugin/name`. */
export interface Plan extends Prescription {
  readonly id: string;
}

/** What is known of a tool and an input for it before anything is asked. `target`: what its input names; `wrong`: why the input does not fit. */
export interface ToolAt {
  readonly effect: Effect;
  readonly target: string | undefined;
  readonly wrong?: string;
}
