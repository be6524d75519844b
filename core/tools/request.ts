// What somebody asks the pipeline for.
import type { Caller } from "../contract/caller.ts";

export interface CallRequest {
  readonly tool: string;
  readonly arguments?: unknown;
  readonly caller: Caller;
  /** Everything up to intent; nothing is sent and nothing journaled as an effect. */
  readonly dryRun?: boolean;
  /** The same key of the same caller within 24 h answers the first call's result. */
  readonly idempotencyKey?: string;
  /** How long to wait for the end, seconds: default 20, at most 300. The decision is always waited for. */
  readonly waitSeconds?: number;
  readonly incident?: string;
  /** A typed target counts when the ask is decided, by a person; here it changes nothing. */
  readonly confirm?: string;
  /** Ask a person whatever the table says, for this reason. */
  readonly hold?: string;
  /** Where a person sits at the other end of a console. */
  readonly seat?: string;
  /** The remedy or runbook whose bound step this is. */
  readonly remedy?: string;
}
