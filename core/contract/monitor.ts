// Monitor: what the host polls for a plugin, and what is derived from a reading.
import type { z } from "zod";
import type { Context } from "./context.ts";
import type { Past, PastWanted } from "./past.ts";
import type { Alert, Resource } from "./resource.ts";

export type Duration = `${number}${"ms" | "s" | "m" | "h"}`;

export interface Monitor<C, K, S extends z.ZodType> {
  title?: string;
  /** How often, unwatched. */
  every: Duration;
  /** How often while somebody looks; only for tasks and open detail. */
  watched?: Duration;
  /** How long one reading may take; default 10 s. */
  deadline?: Duration;
  /**
   * Where in `every` the next reading belongs: milliseconds after its whole multiples on the one clock; undefined while that is not known. For a source whose
   * values change in a rhythm of its own. Pure.
   */
  place?: (client: K) => number | undefined;
  /** How many times `every` a round lasts now while nobody watches, 1 to 6: for a source that has it hard. Asked before each round. Pure. */
  pace?: (client: K) => number;
  /** What a person should know of the source although it was read well: told once when it begins, and `over` when it ends. Pure. */
  remark?: (client: K) => { words: string; over: string } | undefined;
  state: S;
  read: (ctx: Context<C, K>) => z.output<S> | Promise<z.output<S>>;
  /** A stream that replaces waiting: runs until it ends or throws, restarted with back-off by the host. `emit` gives a whole new value. */
  watch?: (ctx: Context<C, K>, emit: (value: z.output<S>) => void) => Promise<void>;
  resources?: (now: z.output<S>) => readonly Resource[];
  /**
   * Newer figures of resources that other monitors tell of, by resource id; `atMs`: epoch ms at which they were true. They count while they are newer than the
   * others' and their resource is known and up; they never make a resource, and never say how one is. Pure.
   */
  figures?: (now: z.output<S>) => Readonly<Record<string, { readonly atMs: number; readonly figures: Readonly<Record<string, number>> }>>;
  /** What is wrong now. `open`: this monitor's alerts that are open; keep one by returning it again. Pure. */
  alerts?: (now: z.output<S>, past: { before: z.output<S> | undefined; open: readonly Alert[] }) => readonly Alert[];
  /**
   * Whether this reading says anything about what an open alert is about; default: it does. For who looks at one thing at a time: an alert that `alerts` does not
   * tell any more is over only when it was looked at, and after a start it was not. Pure.
   */
  knows?: (now: z.output<S>, alert: Alert) => boolean;
  /** Numbers worth keeping, `guest/101/cpuPercent` -> value. Default: the figures of `resources`. */
  series?: (now: z.output<S>) => Record<string, number>;
  /**
   * What the source itself recorded of one of `resources` before Jarvis looked, a piece at each asking; undefined: not now, ask again later. Asked for seldom,
   * one resource at a time; it fills gaps only. Reads only.
   */
  backfill?: (ctx: Context<C, K>, about: PastWanted) => Promise<Past | undefined>;
  /** Asked once per suspicion about one resource; answers plain data for the diagnosis. Reads only. */
  probe?: (ctx: Context<C, K>, about: { resource: string; alert: Alert }) => Promise<Record<string, unknown>>;
  /** Keeps the scene before anything is touched: name of a piece (log, config, task log) -> its text. Reads only. */
  scene?: (ctx: Context<C, K>, about: { resource: string }) => Promise<Record<string, string>>;
}
