// The schema of jarvis.yaml. Unknown keys are refused; a plugin's own section is checked by the plugin's schema when it loads.
import { z } from "zod";
import { Autonomy } from "../contract/wire.ts";

const Model = z.strictObject({
  baseUrl: z.url().describe("OpenAI-compatible address of the model server"),
  model: z.string().min(1).describe("The model's name there"),
  contextTokens: z.number().int().min(512).default(4096),
  apiKey: z.string().optional().meta({ secret: true }),
});
const Cloud = z.strictObject({
  provider: z.enum(["anthropic", "openai"]).default("anthropic"),
  model: z.string().min(1),
  apiKey: z.string().min(1).meta({ secret: true }),
  baseUrl: z.url().optional(),
  dailyLimitUsd: z.number().nonnegative().default(2),
});

export const Rule = z.strictObject({
  tool: z.string().min(1).default("*").describe("Tool name, * stands for anything"),
  target: z.string().min(1).default("*").describe("Resource id, * stands for anything"),
  caller: z.string().min(1).default("*").describe("kind or kind:id, * stands for anything"),
  action: z.enum(["allow", "ask", "deny"]),
});

export const Config = z.strictObject({
  server: z
    .strictObject({
      host: z.string().min(1).optional(),
      port: z.number().int().min(0).max(65_535).optional(),
      names: z.array(z.string().min(4)).default([]).describe("Host names a browser may use for Jarvis"),
      trustProxy: z.array(z.string()).default([]),
      tls: z.strictObject({ cert: z.string(), key: z.string() }).optional(),
      open: z.boolean().default(false).describe("No login; loopback only"),
    })
    .prefault({}),
  autonomy: Autonomy.default("act"),
  self: z
    .union([z.literal("auto"), z.literal("outside"), z.string().regex(/^(guest|node|container)\/.+$/)])
    .default("auto")
    .describe("auto, outside, or guest/ID"),
  protect: z
    .array(
      z
        .string()
        .regex(/^[a-z]+\/.+$/)
        .toLowerCase(),
    )
    .default([])
    .describe("Resource ids Jarvis must never disturb"),
  models: z.strictObject({ local: Model.optional(), cloud: Cloud.optional() }).prefault({}),
  rules: z.array(Rule).default([]),
  plugins: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/), z.unknown()).default({}),
  data: z.string().min(1).optional().describe("Where everything but run.json, cli.token and control.sock lives"),
  clock: z.strictObject({ rate: z.number().min(0.1).max(1000).default(1), anchor: z.iso.datetime().optional() }).optional(),
});
export type Config = z.output<typeof Config>;
