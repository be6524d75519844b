// A monitor as the core holds it: closures and schemas, never a plugin.
import type { z } from "zod";
import type { Past, PastWanted } from "../contract/past.ts";
import type { Alert, Resource } from "../contract/resource.ts";

export type Freshened = Readonly<Record<string, { readonly atMs: number; readonly figures: Readonly<Record<string, number>> }>>;

export interface BoundMonitor {
  /** `plugin/monitor`: the state channel. */
  readonly channel: string;
  readonly plugin: string;
  readonly title: string;
  readonly everyMs: number;
  readonly watchedMs: number | undefined;
  readonly deadlineMs: number;
  /** Where in `everyMs` the next reading belongs: milliseconds after its whole multiples; undefined while not known. May throw. */
  readonly placeMs?: () => number | undefined;
  /** How many times `everyMs` a round lasts while nobody watches. May throw. */
  readonly pace?: () => number;
  /** What a person should know of the source although it was read well. May throw. */
  readonly remark?: () => { words: string; over: string } | undefined;
  readonly schema: z.ZodType;
  readonly read: (signal: AbortSignal) => Promise<unknown>;
  readonly watch?: (emit: (value: unknown) => void, signal: AbortSignal) => Promise<void>;
  readonly resources?: (now: unknown) => readonly Resource[];
  /** Newer figures of what others tell of, by resource id. */
  readonly figures?: (now: unknown) => Freshened;
  readonly alerts?: (now: unknown, past: { before: unknown; open: readonly Alert[] }) => readonly Alert[];
  readonly knows?: (now: unknown, alert: Alert) => boolean;
  readonly series?: (now: unknown) => Record<string, number>;
  readonly backfill?: (about: PastWanted, signal: AbortSignal) => Promise<Past | undefined>;
  readonly probe?: (about: { resource: string; alert: Alert }, signal: AbortSignal) => Promise<Record<string, unknown>>;
  readonly scene?: (about: { resource: string }, signal: AbortSignal) => Promise<Record<string, string>>;
}
