// A model in the cloud through Anthropic's own SDK, which is loaded at the first request. Its retries, its environment and its log are off: ours stand outside it.
import { anthropicBody } from "./anthropic-request.ts";
import { anthropicReader } from "./anthropic-stream.ts";
import type { Dialect } from "./dialect.ts";
import { refusedField } from "./failure.ts";
import type { Limits } from "./guard.ts";
import { createHealth } from "./health.ts";
import type { Making } from "./making.ts";
import type { Model } from "./model.ts";
import { knowledgeOf } from "./prices.ts";
import { runModel } from "./run.ts";
import { tokensAtMost } from "./token-bound.ts";

const HOME = "https://api.anthropic.com";
/** Claude thinks before it speaks, and keeps the line alive meanwhile. */
const LIMITS: Limits = { firstMs: 90_000, idleMs: 60_000, totalMs: 600_000 };
/** What a request can do without where a server or a model does not know it. */
const OPTIONAL = ["thinking", "tool_choice"] as const;

export interface AnthropicSettings {
  model: string;
  apiKey: string;
  baseUrl?: string | undefined;
  priceUsd?: { input: number; output: number } | undefined;
}

/** The SDK puts /v1/messages behind it. */
const rootOf = (baseUrl: string): string => baseUrl.replace(/\/+$/, "").replace(/\/v1$/, "");

export const createAnthropic = ({ model, apiKey, baseUrl = HOME, priceUsd }: AnthropicSettings, { clock, clean, changed, limits = LIMITS }: Making): Model => {
  const baseURL = rootOf(baseUrl);
  const at = new URL(baseURL).host;
  const knowledge = knowledgeOf(model, priceUsd);
  const health = createHealth({ clock, words: "not asked yet", changed: (now) => changed(now) });
  const without = new Set<string>();

  const dialect: Dialect = {
    async open(request, guard) {
      const { default: Anthropic } = await import("@anthropic-ai/sdk");
      // One for each request: the guard watches the bytes of its own.
      const client = new Anthropic({ apiKey, authToken: null, webhookKey: null, baseURL, maxRetries: 0, timeout: LIMITS.totalMs, logLevel: "off", fetch: guard.fetch });
      return client.messages.create(anthropicBody(request, model, knowledge, without), { signal: guard.signal });
    },
    reader: (request) => anthropicReader(request, at),
    yields(thrown) {
      const field = refusedField(
        thrown,
        OPTIONAL.filter((name) => !without.has(name)),
      );
      if (field !== undefined) without.add(field);
      return field !== undefined;
    },
  };

  return {
    route: "cloud",
    name: model,
    contextTokens: knowledge.contextTokens,
    count: async (text) => tokensAtMost(text),
    run: (request) => runModel({ clock, dialect, limits, health, knowledge, at, model, clean }, request),
    health: health.now,
  };
};
