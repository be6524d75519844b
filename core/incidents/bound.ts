// A diagnosis and a remedy as the core holds them: closures, never a plugin.
import type { Cause } from "../contract/cause.ts";
import type { Series } from "../contract/context.ts";
import type { Alert } from "../contract/resource.ts";

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
