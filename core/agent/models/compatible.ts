// A model behind any OpenAI-compatible server through the official SDK, loaded at the first request. llama-server is known best; of others it uses what they answer.
import { compatibleBody, type Manner } from "./compatible-request.ts";
import { compatibleReader } from "./compatible-stream.ts";
import type { Dialect } from "./dialect.ts";
import { brief, failed, ModelTrouble, refusedField } from "./failure.ts";
import type { Limits } from "./guard.ts";
import { createHealth } from "./health.ts";
import type { Making } from "./making.ts";
import type { Model } from "./model.ts";
import { FREE, knowledgeOf } from "./prices.ts";
import { runModel } from "./run.ts";
import { countAt, type Facts, lookAt } from "./server-facts.ts";
import { tokensAtMost } from "./token-bound.ts";

/** A house's own machine reads 4096 tokens in two minutes before it says a word. */
const LOCAL: Limits = { firstMs: 240_000, idleMs: 60_000, totalMs: 900_000 };
const CLOUD: Limits = { firstMs: 90_000, idleMs: 60_000, totalMs: 600_000 };
const UNTOLD_TOKENS = 4096;
const [MOST_COUNTED, LONGEST_COUNTED] = [64, 32_768];
const MOST_NAMES = 8;
const OPTIONAL = ["response_format", "stream_options", "max_tokens", "tool_choice"] as const;

export interface CompatibleSettings {
  baseUrl: string;
  model: string;
  contextTokens?: number | undefined;
  apiKey?: string | undefined;
  priceUsd?: { input: number; output: number } | undefined;
}

/** A server with one model answers with that one, whatever it is called; any other must have it. */
const lacks = ({ models, isLlama }: Facts, model: string): boolean => models !== undefined && models.length > 0 && !models.includes(model) && !(isLlama && models.length === 1);

export const createCompatible = (route: Model["route"], settings: CompatibleSettings, { clock, clean, changed, limits }: Making): Model => {
  const { model, apiKey } = settings;
  const baseUrl = settings.baseUrl.replace(/\/+$/, "");
  const at = new URL(baseUrl).host;
  const knowledge = route === "local" ? FREE : knowledgeOf(model, settings.priceUsd);
  const health = createHealth({ clock, words: "not asked yet", changed });
  const without = new Set<string>();
  const counted = new Map<string, number>();
  let known: Promise<Facts> | undefined;
  let facts: Facts | undefined;
  let canCount = true;

  const look = async (): Promise<Facts> => {
    known ??= lookAt({ clock, baseUrl, apiKey });
    facts = await known;
    // A server that said nothing of itself may be starting: the next one asks again.
    if (!facts.isLlama && facts.models === undefined) known = undefined;
    return facts;
  };

  /** Calls are held to a schema on the house's own machine; a large model has tools of its own. */
  const isConstrained = (): boolean => route === "local" && !without.has("response_format");
  const manner = ({ isLlama, slots }: Facts): Manner => ({ model, isConstrained: isConstrained(), isLlama, slot: isLlama && (slots ?? 0) > 0 ? 0 : undefined, without });

  const dialect: Dialect = {
    async open(request, guard) {
      const [{ default: OpenAI }, told] = await Promise.all([import("openai"), look()]);
      if (lacks(told, model))
        throw new ModelTrouble(
          failed("absent", `${at} has no model ${model}; it has ${brief((told.models ?? []).slice(0, MOST_NAMES).join(", "))}. Put one of them into model: in jarvis.yaml`),
        );
      const client = new OpenAI({
        apiKey: apiKey ?? "none",
        organization: null,
        project: null,
        webhookSecret: null,
        baseURL: baseUrl,
        maxRetries: 0,
        timeout: (limits ?? LOCAL).totalMs,
        logLevel: "off",
        fetch: guard.fetch,
      });
      return client.chat.completions.create(compatibleBody(request, manner(told)), { signal: guard.signal });
    },
    reader: (request) => compatibleReader(request, at, isConstrained()),
    yields(thrown) {
      const field = refusedField(
        thrown,
        OPTIONAL.filter((name) => !without.has(name)),
      );
      if (field !== undefined) without.add(field);
      return field !== undefined;
    },
  };

  const count = async (text: string): Promise<number> => {
    const before = counted.get(text);
    if (before !== undefined) return before;
    await look();
    const told = canCount && route === "local" ? await countAt({ clock, baseUrl, apiKey }, model, text) : undefined;
    if (told === undefined) {
      // One without a tokenizer is not asked for each text.
      if (facts?.models !== undefined) canCount = false;
      return tokensAtMost(text);
    }
    if (text.length <= LONGEST_COUNTED) counted.set(text, told);
    const oldest = counted.size > MOST_COUNTED ? counted.keys().next().value : undefined;
    if (oldest !== undefined) counted.delete(oldest);
    return told;
  };

  return {
    route,
    name: model,
    get contextTokens() {
      const untold = route === "local" ? UNTOLD_TOKENS : knowledge.contextTokens;
      return Math.min(settings.contextTokens ?? facts?.contextTokens ?? untold, facts?.contextTokens ?? Number.POSITIVE_INFINITY);
    },
    count,
    async *run(request) {
      for await (const event of runModel({ clock, dialect, limits: limits ?? (route === "local" ? LOCAL : CLOUD), health, knowledge, at, model, clean }, request)) {
        // Another may stand there next time, with another model or size.
        if (event.kind === "failed" && event.fault !== "cancelled") {
          known = undefined;
          canCount = true;
          counted.clear();
        }
        yield event;
      }
    },
    health: health.now,
  };
};
