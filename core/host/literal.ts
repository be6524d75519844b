// A plugin's literal as the host reads it: data by schema, functions and schemas by kind. Refuses what definePlugin's types refuse, also from plain JavaScript.
import { z } from "zod";
import type { Cause } from "../contract/cause.ts";
import type { ConsoleAbout, ConsoleLine } from "../contract/console.ts";
import type { Context, Series } from "../contract/context.ts";
import type { Sent as Ingested } from "../contract/ingest.ts";
import type { Duration } from "../contract/monitor.ts";
import type { PastWanted } from "../contract/past.ts";
import { Permissions } from "../contract/permission.ts";
import type { RecallBudget } from "../contract/recall.ts";
import type { Prescribed } from "../contract/remedy.ts";
import { type Alert, ResourceKind } from "../contract/resource.ts";
import { Effect, type Sent, type Verdict } from "../contract/tool.ts";
import { Widget } from "../contract/widget.ts";

/** A function of the plugin: what it answers is plugin code's word and is parsed wherever it is used. */
const method = <A extends readonly unknown[]>() => z.custom<(...given: A) => unknown>((value) => typeof value === "function", "expected a function");
const schema = z.custom<z.ZodType>((value) => value instanceof z.ZodType, 'expected a zod schema (import { z } from "jarvis")');
const duration = z.custom<Duration>((value) => typeof value === "string" && /^\d+(\.\d+)?(ms|s|m|h)$/.test(value), 'expected a duration such as "10s"');

type Ctx = Context<unknown, unknown>;
type About = { resource: string; alert: Alert };
type Facts = { alert: Alert; probes: Record<string, unknown>; history: Record<string, Series>; openedAt: string; ours: readonly { tool: string; at: string; upid?: string }[] };

/** Names of a plugin's parts, as they stand in tool and channel names. */
export const PartName = z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, "a name is lower case letters, digits, _ and -, beginning with a letter");

export const MonitorLiteral = z.strictObject({
  title: z.string().max(60).optional(),
  every: duration,
  watched: duration.optional(),
  deadline: duration.optional(),
  place: method<[unknown]>().optional(),
  pace: method<[unknown]>().optional(),
  remark: method<[unknown]>().optional(),
  state: schema,
  read: method<[Ctx]>(),
  watch: method<[Ctx, (value: unknown) => void]>().optional(),
  resources: method<[unknown]>().optional(),
  figures: method<[unknown]>().optional(),
  alerts: method<[unknown, { before: unknown; open: readonly Alert[] }]>().optional(),
  knows: method<[unknown, Alert]>().optional(),
  series: method<[unknown]>().optional(),
  backfill: method<[Ctx, PastWanted]>().optional(),
  probe: method<[Ctx, About]>().optional(),
  scene: method<[Ctx, { resource: string }]>().optional(),
});
export type MonitorLiteral = z.infer<typeof MonitorLiteral>;

/** Lower case words with `{field}` and `{=field}` among them, beginning with a word: a sentence that is a field alone would be every sentence. */
const Sentence = z
  .string()
  .max(100)
  .regex(/^[a-zà-ž][a-zà-ž0-9' -]*(?:\{=?[a-zA-Z]{1,40}\}[a-zà-ž0-9' -]*)*$/, "a sentence is lower case words, beginning with one, with {field} or {=field} among them");

export const ToolLiteral = z.strictObject({
  title: z.string().min(1).max(100),
  about: z.string().min(1).max(2000),
  says: z.array(Sentence).min(1).max(30).optional(),
  effect: Effect,
  input: schema,
  output: schema.optional(),
  target: method<[unknown]>().optional(),
  preflight: method<[Ctx, unknown]>().optional(),
  run: method<[Ctx, unknown, Sent]>(),
  progress: method<[Ctx, unknown, Sent]>().optional(),
  verify: method<[Ctx, unknown, Sent, Verdict | undefined]>().optional(),
  trace: method<[Ctx, unknown, Sent]>().optional(),
  undo: method<[unknown, Sent]>().optional(),
  onBehalf: z.boolean().optional(),
  operatorOnly: z.boolean().optional(),
  // A backup or a migration of a large disk takes hours.
  deadlineSeconds: z.number().positive().max(43_200).optional(),
  verifySeconds: z.number().positive().max(3600).optional(),
});
export type ToolLiteral = z.infer<typeof ToolLiteral>;

export const RemedyLiteral = z.strictObject({
  title: z.string().min(1).max(100),
  on: z.array(z.string()).min(1).max(50),
  kinds: z.array(z.string()).min(1).max(50),
  steps: z
    .array(z.strictObject({ tool: z.string().max(100), input: method<[{ alert: Alert; cause: Cause }]>() }))
    .min(1)
    .max(10),
  tries: z.strictObject({ perHour: z.number().int().positive().max(60), gapsMinutes: z.array(z.number().nonnegative()).max(20) }).optional(),
});
export type RemedyLiteral = z.infer<typeof RemedyLiteral>;

export const ConsoleLiteral = z.strictObject({
  title: z.string().min(1).max(100),
  about: z.string().min(1).max(2000),
  kinds: z.array(ResourceKind).min(1).max(10),
  preflight: method<[Ctx, string]>(),
  attach: method<[Ctx, ConsoleAbout, ConsoleLine]>(),
});
export type ConsoleLiteral = z.infer<typeof ConsoleLiteral>;

const many = <S extends z.ZodType>(part: S) => z.record(PartName, part).default({});

export const PluginLiteral = z.strictObject({
  title: z.string().min(1).max(60),
  about: z.string().min(1).max(500),
  permissions: Permissions.default({}),
  config: schema,
  connect: method<[Omit<Ctx, "client">]>().optional(),
  close: method<[unknown]>().optional(),
  monitors: many(MonitorLiteral),
  tools: many(ToolLiteral),
  consoles: many(ConsoleLiteral),
  channels: many(z.strictObject({ title: z.string().min(1).max(100), data: schema })),
  widgets: many(Widget),
  remedies: many(RemedyLiteral),
  diagnose: z.strictObject({ on: z.array(z.string()).min(1).max(100), read: method<[Ctx, Facts]>() }).optional(),
  prescribe: method<[Ctx, Prescribed]>().optional(),
  prescribes: method<[Ctx]>().optional(),
  recall: method<[Ctx, RecallBudget & { words: string }]>().optional(),
  ingest: z.strictObject({ title: z.string().min(1).max(100), secret: method<[unknown]>(), take: method<[Ctx, Ingested]>() }).optional(),
  metrics: method<[unknown]>().optional(),
});
export type PluginLiteral = z.infer<typeof PluginLiteral>;
