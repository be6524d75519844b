// How long a request may take and how large its answer may be: asked-for figures held to ours.
import type { FetchInit } from "../contract/context.ts";
import type { Clock } from "../lib/clock.ts";
import { type Link, link } from "../lib/link.ts";
import { timedOut } from "./upstream-error.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
const LONGEST_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
const LARGEST_MAX_BYTES = 64 * 1024 * 1024;
const LEAST_WALL_MS = 1000;

export const bounded = ({ timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = DEFAULT_MAX_BYTES }: FetchInit): { timeoutMs: number; maxBytes: number } => ({
  timeoutMs: Math.min(LONGEST_TIMEOUT_MS, Math.max(1, timeoutMs)),
  maxBytes: Math.min(LARGEST_MAX_BYTES, Math.max(0, maxBytes)),
});

/** Aborts with upstream_timeout after so many ms of the clock; on a fast one a deadline still leaves some real time. */
export const limited = (clock: Clock, signal: AbortSignal, where: string, timeoutMs: number): Link & { reached(): void } => {
  const linked = link(signal);
  const reached = clock.after(Math.max(timeoutMs, clock.rate > 1 ? LEAST_WALL_MS * clock.rate : 0), () => linked.abort(timedOut(where, timeoutMs, true)));
  return { ...linked, reached };
};
