// definePlugin: one frozen literal the host can read, list and permission before the plugin may do anything.
import type { z } from "zod";
import type { Cause } from "./cause.ts";
import type { Console } from "./console.ts";
import type { Context, Series } from "./context.ts";
import type { Ingest } from "./ingest.ts";
import type { Metric } from "./metric.ts";
import type { Monitor } from "./monitor.ts";
import type { Permissions } from "./permission.ts";
import type { RecallBudget, Recalled } from "./recall.ts";
import type { Prescribed, Prescription, Remedy } from "./remedy.ts";
import type { Alert } from "./resource.ts";
import type { Tool } from "./tool.ts";
import type { Widget } from "./widget.ts";

type Schemas = Record<string, z.ZodType>;

/** A stream that is not state: `plugin/topic` events, published with ctx.publish. */
export interface Channel<S extends z.ZodType> {
  title: string;
  data: S;
}

/** Reads probes and history and says why. `on`: keys of alerts. */
export interface Diagnose<C, K> {
  on: readonly string[];
  read: (
    ctx: Context<C, K>,
    about: { alert: Alert; probes: Record<string, unknown>; history: Record<string, Series>; openedAt: string; ours: readonly { tool: string; at: string; upid?: string }[] },
  ) => Cause | Promise<Cause>;
}

export interface Plugin<C extends z.ZodType, K, M extends Schemas, T extends Schemas, H extends Schemas> {
  title: string;
  about: string;
  permissions?: Permissions;
  config: C;
  connect?: (ctx: Omit<Context<z.output<C>, undefined>, "client">) => K;
  close?: (client: Awaited<K>) => void | Promise<void>;
  monitors?: { [N in keyof M]: Monitor<z.output<C>, Awaited<K>, M[N]> };
  tools?: { [N in keyof T]: Tool<z.output<C>, Awaited<K>, T[N]> };
  /** Shells of its resources: `plugin_name` in the journal, opened by a person at the dashboard alone. */
  consoles?: Record<string, Console<z.output<C>, Awaited<K>>>;
  channels?: { [N in keyof H]: Channel<H[N]> };
  widgets?: Record<string, Widget & { from: keyof NoInfer<M> & string }>;
  remedies?: Record<string, Remedy>;
  diagnose?: Diagnose<z.output<C>, Awaited<K>>;
  /** What to do about an incident that no remedy of any plugin answers; undefined: it knows nothing. Asked anew before each act, so it only reads. */
  prescribe?: (ctx: Context<z.output<C>, Awaited<K>>, about: Prescribed) => Prescription | undefined | Promise<Prescription | undefined>;
  /** Names of all that `prescribe` may ever prescribe, at most 500, so that a rule about one of them can be told from a slip. */
  prescribes?: (ctx: Context<z.output<C>, Awaited<K>>) => readonly string[] | Promise<readonly string[]>;
  /** What it remembers that bears on some words; asked while a person waits, so it answers at once. Reads only. */
  recall?: (ctx: Context<z.output<C>, Awaited<K>>, about: RecallBudget & { words: string }) => readonly Recalled[] | Promise<readonly Recalled[]>;
  /** What its source sends by itself. */
  ingest?: Ingest<z.output<C>, Awaited<K>>;
  /** What it counted, for /metrics. Asked at every scrape: it sends nothing and answers at once. */
  metrics?: (client: Awaited<K>) => readonly Metric[];
}

/** Identity that exists for inference; the folder's name is the plugin's id. */
export const definePlugin = <C extends z.ZodType, K, M extends Schemas, T extends Schemas, H extends Schemas>(plugin: Plugin<C, K, M, T, H>): Plugin<C, K, M, T, H> =>
  Object.freeze(plugin);
