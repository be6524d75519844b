// The Messages API as the lab speaks it: credentials, models, counting, messages. It refuses what the real one refuses, and everything while it is overloaded or the key is revoked.
import { timingSafeEqual } from "node:crypto";
import type { Clock } from "../../clock.ts";
import { CLOUD_CONTEXT_TOKENS, MADE_AT_S, MODEL, MODEL_TITLE, MOST_ANSWER_TOKENS } from "../about.ts";
import { type Call, reply, replyHtml, stream, troubled, waitOut } from "../call.ts";
import { decide } from "../wish/decide.ts";
import { eventsOf, messageOf, type Told } from "./answer.ts";
import { createPromptCache } from "./cache.ts";
import { failure, replyFailure } from "./failure.ts";
import { checkLength, readMessages } from "./read.ts";

const OVERLOADED = { 429: "rate_limit_error", 503: "api_error", 529: "overloaded_error" } as const;
const WORDS = { rate_limit_error: "This request would exceed your organization's rate limit.", api_error: "Internal server error", overloaded_error: "Overloaded" } as const;

const ABOUT = {
  type: "model",
  id: MODEL,
  display_name: MODEL_TITLE,
  created_at: new Date(MADE_AT_S * 1_000).toISOString(),
  max_input_tokens: CLOUD_CONTEXT_TOKENS,
  max_tokens: MOST_ANSWER_TOKENS,
};

const keyIn = ({ headers }: Call): string => {
  const own = headers["x-api-key"];
  return typeof own === "string" ? own : (/^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "");
};

/** Whether a request that both wires have paths for is meant for this one. */
export const isAnthropic = (path: string, headers: Call["headers"]): boolean =>
  path.startsWith("/v1/messages") || (path.startsWith("/v1/models") && (headers["anthropic-version"] !== undefined || headers["x-api-key"] !== undefined));

export function createAnthropic({ key, clock }: { key: string; clock: Pick<Clock, "now"> }) {
  const cache = createPromptCache(clock);
  let serial = 0;
  const next = (kind: string): string => `${kind}_lab${String(++serial).padStart(12, "0")}`;

  const admit = (call: Call): void => {
    const shown = Buffer.from(keyIn(call));
    const own = Buffer.from(key);
    if (shown.length === 0) throw failure("authentication_error", "x-api-key header is required");
    if (call.trouble.isRevoked || shown.length !== own.length || !timingSafeEqual(shown, own)) throw failure("authentication_error", "invalid x-api-key");
    if (call.headers["anthropic-version"] === undefined) throw failure("invalid_request_error", "anthropic-version: header is required");
  };

  const messages = async (call: Call, request: string): Promise<void> => {
    if (call.badJson) throw failure("invalid_request_error", "The request body is not valid JSON");
    const { asked, parts, isStream } = readMessages(call.body, { counts: false });
    const figures = cache.take(parts);
    checkLength(figures.input + figures.created + figures.read);
    const decided = decide(asked, (answer, plain) => troubled(answer, call.trouble, plain));
    const answer = asked.single ? { ...decided, wishes: decided.wishes.slice(0, 1) } : decided;
    const told: Told = { id: next("msg"), wishIds: answer.wishes.map(() => next("toolu")), answer, figures, mostTokens: asked.mostTokens, trouble: call.trouble };
    if (isStream) return void (await stream(call, eventsOf(told), { "request-id": request }));
    await waitOut(call);
    if (call.trouble.garble !== undefined) return replyHtml(call);
    reply(call, 200, messageOf(told), { "request-id": request });
  };

  const route = async (call: Call, request: string): Promise<void> => {
    admit(call);
    const refused = call.trouble.overloaded;
    if (refused && call.method === "POST") {
      const kind = OVERLOADED[refused.status];
      return replyFailure(call, failure(kind, WORDS[kind]), request, { "retry-after": String(refused.retrySeconds) });
    }
    switch (`${call.method} ${call.path}`) {
      case "POST /v1/messages":
        return messages(call, request);
      case "POST /v1/messages/count_tokens": {
        const { parts } = readMessages(call.body, { counts: true });
        const { input, created, read } = createPromptCache(clock).take(parts);
        return reply(call, 200, { input_tokens: input + created + read }, { "request-id": request });
      }
      case "GET /v1/models":
        return reply(call, 200, { data: [ABOUT], has_more: false, first_id: MODEL, last_id: MODEL }, { "request-id": request });
      case `GET /v1/models/${MODEL}`:
        return reply(call, 200, ABOUT, { "request-id": request });
      default:
        throw failure("not_found_error", call.path.startsWith("/v1/models/") ? `model: ${call.path.slice("/v1/models/".length, 100)}` : "Not found");
    }
  };

  return async (call: Call): Promise<void> => {
    const request = next("req");
    try {
      await route(call, request);
    } catch (thrown) {
      replyFailure(call, thrown, request);
    }
  };
}
