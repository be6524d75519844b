// What an OpenAI-compatible server tells of itself: whether it is a llama-server, how much it holds, which models it has, how it counts. Asked once; what it does not answer it does not have.
import { z } from "zod";
import type { Clock } from "../../lib/clock.ts";
import { createGuard } from "./guard.ts";

const ASK = { firstMs: 5000, idleMs: 5000, totalMs: 8000 };
const MOST_MODELS = 500;

const Props = z.looseObject({
  default_generation_settings: z.looseObject({ n_ctx: z.number().int().min(16).max(100_000_000).optional() }),
  total_slots: z.number().int().min(0).max(100_000).optional(),
  model_alias: z.string().optional(),
});
const Models = z.looseObject({
  data: z.array(z.looseObject({ id: z.string().max(500), max_model_len: z.number().int().min(16).optional() })).max(MOST_MODELS),
});
const Counted = z.union([z.looseObject({ tokens: z.array(z.unknown()) }), z.looseObject({ count: z.number().int().nonnegative() })]);

export interface Facts {
  isLlama: boolean;
  contextTokens?: number | undefined;
  slots?: number | undefined;
  /** Undefined where the server has no list. */
  models?: readonly string[] | undefined;
}

interface At {
  clock: Pick<Clock, "after" | "rate">;
  /** As in the configuration, with /v1 or without. */
  baseUrl: string;
  apiKey?: string | undefined;
}

const rootOf = (baseUrl: string): string => baseUrl.replace(/\/+$/, "").replace(/\/v1$/, "");

/** Its answer as JSON, or undefined: a server that lacks a path is no trouble. */
const ask = async ({ clock, apiKey }: At, url: string, body?: unknown): Promise<unknown> => {
  const guard = createGuard({ clock, limits: ASK, at: url });
  try {
    const headers = { accept: "application/json", ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}), ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const answer = guard
      .fetch(url, { headers, signal: guard.signal, ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }) })
      .then((response) => (response.ok ? response.json() : undefined));
    answer.catch(() => undefined);
    return await Promise.race([answer, guard.ended.then(() => undefined)]);
  } catch {
    return undefined;
  } finally {
    guard.close();
  }
};

export const lookAt = async (at: At): Promise<Facts> => {
  const root = rootOf(at.baseUrl);
  const [props, models] = await Promise.all([
    ask(at, `${root}/props`).then((told) => Props.safeParse(told)),
    ask(at, `${at.baseUrl.replace(/\/+$/, "")}/models`).then((told) => Models.safeParse(told)),
  ]);
  const list = models.success ? models.data.data : undefined;
  return {
    isLlama: props.success,
    contextTokens: props.success ? props.data.default_generation_settings.n_ctx : list?.find(({ max_model_len: most }) => most !== undefined)?.max_model_len,
    slots: props.success ? props.data.total_slots : undefined,
    models: list?.map(({ id }) => id),
  };
};

/** By the server's own tokenizer; undefined where it has none. llama-server takes `content`, vLLM `prompt`. */
export const countAt = async (at: At, model: string, text: string): Promise<number | undefined> => {
  const told = Counted.safeParse(await ask(at, `${rootOf(at.baseUrl)}/tokenize`, { model, content: text, prompt: text }));
  if (!told.success) return undefined;
  if (typeof told.data.count === "number") return told.data.count;
  return Array.isArray(told.data.tokens) ? told.data.tokens.length : undefined;
};
