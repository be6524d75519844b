// llama-server's HTTP dialect as the lab speaks it: health, props, slots, tokens, models, chat completions. It refuses what the real one refuses, and everything while it is overloaded or the key is revoked.
import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { LOCAL_CONTEXT_TOKENS, MADE_AT_S, MODEL, SLOTS } from "../about.ts";
import { type Call, reply, replyHtml, stream, troubled, waitOut } from "../call.ts";
import { piecesOf, tokensOf } from "../tokens.ts";
import { decide } from "../wish/decide.ts";
import { chunksOf, completionOf, spokenOf, type Told } from "./answer.ts";
import { failure, replyFailure } from "./failure.ts";
import { askedOf, type Body, promptOf, readBody } from "./read.ts";
import { createSlots } from "./slots.ts";

const KINDS = { 429: "rate_limit_error", 503: "unavailable_error", 529: "unavailable_error" } as const;
const VOCABULARY = 151_936;
const BUILD = "b1-lab";
const PUBLIC = new Set(["/health", "/v1/health", "/models", "/v1/models"]);

const Tokenize = z.looseObject({ content: z.string().optional(), with_pieces: z.boolean().optional() });

const MODELS = {
  models: [{ name: MODEL, model: MODEL, type: "model", capabilities: ["completion"], details: { format: "gguf" } }],
  object: "list",
  data: [
    { id: MODEL, object: "model", created: MADE_AT_S, owned_by: "llamacpp", meta: { vocab_type: 2, n_vocab: VOCABULARY, n_ctx_train: 32_768, n_embd: 64, n_params: 0, size: 0 } },
  ],
};

const PROPS = {
  default_generation_settings: { id: 0, id_task: -1, n_ctx: LOCAL_CONTEXT_TOKENS, speculative: false, is_processing: false, params: { n_predict: -1, temperature: 0, seed: 0 } },
  total_slots: SLOTS,
  model_alias: MODEL,
  model_path: `${MODEL}.gguf`,
  modalities: { vision: false, audio: false },
  endpoint_slots: true,
  endpoint_props: false,
  endpoint_metrics: false,
  chat_template: "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n",
  bos_token: "",
  eos_token: "<|im_end|>",
  build_info: BUILD,
};

const isSame = (shown: string, own: string): boolean => shown.length === own.length && timingSafeEqual(Buffer.from(shown), Buffer.from(own));

export function createLlama({ key, clock }: { key: string; clock: Pick<Clock, "now"> }) {
  const slots = createSlots();
  let serial = 0;

  const admit = ({ headers, path, trouble }: Call): void => {
    const shown = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
    if (!PUBLIC.has(path) && (trouble.isRevoked || !isSame(shown, key))) throw failure("authentication_error", "Invalid API Key");
  };

  const answer = async (call: Call, body: Body, told: Told): Promise<void> => {
    const began = performance.now();
    if (body.stream === true)
      return void (await stream(call, chunksOf(told, { usage: body.stream_options?.include_usage === true, answerMs: Math.max(0.001, performance.now() - began) })));
    await waitOut(call);
    if (call.trouble.garble !== undefined) return replyHtml(call);
    reply(call, 200, completionOf(told, Math.max(0.001, performance.now() - began)));
  };

  const complete = async (call: Call): Promise<void> => {
    if (call.badJson) throw failure("server_error", "[json.exception.parse_error] the body is no JSON");
    const body = readBody(call.body);
    const began = performance.now();
    const prompt = tokensOf(promptOf(body));
    if (prompt.length >= LOCAL_CONTEXT_TOKENS)
      throw failure("exceed_context_size_error", `request (${prompt.length} tokens) exceeds the available context size (${LOCAL_CONTEXT_TOKENS} tokens), try increasing it`, {
        n_prompt_tokens: prompt.length,
        n_ctx: LOCAL_CONTEXT_TOKENS,
      });
    const lease = await slots.take(prompt, call.gone, body.cache_prompt !== false);
    if (lease === undefined) return;
    let spoken = "";
    try {
      const asked = askedOf(body, LOCAL_CONTEXT_TOKENS - prompt.length);
      const decided = decide(asked, (answer, plain) => troubled(answer, call.trouble, plain));
      const wishes = asked.single ? decided.wishes.slice(0, 1) : decided.wishes;
      const told: Told = {
        id: `chatcmpl-lab${++serial}`,
        wishIds: wishes.map((_, at) => `call_lab${serial}_${at}`),
        answer: { ...decided, wishes },
        prompt: prompt.length,
        cached: lease.cached,
        promptMs: Math.max(0.001, performance.now() - began),
        mostTokens: asked.mostTokens,
        createdS: Math.floor(clock.now() / 1_000),
        trouble: call.trouble,
      };
      spoken = spokenOf(told);
      await answer(call, body, told);
    } finally {
      lease.release(tokensOf(spoken));
    }
  };

  const tokenize = (call: Call): void => {
    const { content = "", with_pieces: isSplit = false } = Tokenize.safeParse(call.body).data ?? {};
    const pieces = piecesOf(content);
    reply(call, 200, { tokens: isSplit ? tokensOf(content).map((id, at) => ({ id, piece: pieces[at] })) : tokensOf(content) });
  };

  const route = async (call: Call): Promise<void> => {
    admit(call);
    const refused = call.trouble.overloaded;
    if (refused && !PUBLIC.has(call.path)) {
      const words = refused.status === 429 ? "Too many requests" : "Loading model";
      return replyFailure(call, failure(KINDS[refused.status], words), { "Retry-After": String(refused.retrySeconds) }, refused.status === 429 ? 429 : 503);
    }
    switch (`${call.method} ${call.path.replace(/^\/v1\/(?=health|props|slots|tokenize)/, "/")}`) {
      case "GET /health":
        return refused ? replyFailure(call, failure("unavailable_error", "Loading model")) : reply(call, 200, { status: "ok" });
      case "GET /props":
        return reply(call, 200, PROPS);
      case "GET /slots":
        return reply(call, 200, slots.list());
      case "GET /models":
      case "GET /v1/models":
        return reply(call, 200, MODELS);
      case "POST /tokenize":
        return tokenize(call);
      case "POST /apply-template":
        return reply(call, 200, { prompt: promptOf(readBody(call.body)) });
      case "POST /chat/completions":
      case "POST /v1/chat/completions":
        return complete(call);
      case "POST /embeddings":
      case "POST /v1/embeddings":
        throw failure("not_supported_error", "This server does not support embeddings. Start it with `--embeddings`");
      default:
        throw failure("not_found_error", "File Not Found");
    }
  };

  return async (call: Call): Promise<void> => {
    try {
      await route(call);
    } catch (thrown) {
      replyFailure(call, thrown);
    }
  };
}
