// A request in the words of /v1/chat/completions: plain turns held to a schema for a small model, native tools for a large one. Pure.
import type OpenAI from "openai";
import { answerSchema, asAnswer, toolWords } from "./constrained.ts";
import { answered, stablePart, withMoving } from "./conversation.ts";
import type { ModelRequest, Said } from "./model.ts";

type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam;
/** What llama-server understands beyond the API: keep the prompt, in this slot. */
export type Body = OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming & { cache_prompt?: boolean; id_slot?: number };

interface Plain {
  role: "system" | "user" | "assistant";
  content: string;
}

export interface Manner {
  model: string;
  /** Calls are held to a schema. */
  isConstrained: boolean;
  isLlama: boolean;
  /** A slot of its own keeps the prefix. */
  slot?: number | undefined;
  /** Fields this server refused before. */
  without: ReadonlySet<string>;
}

/** Many templates take turns strictly: two of one side become one. */
const merged = (all: readonly Plain[]): Plain[] => {
  const made: Plain[] = [];
  for (const one of all) {
    const last = made.at(-1);
    if (last?.role === one.role) last.content += `\n\n${one.content}`;
    else made.push({ ...one });
  }
  return made;
};

const plainTurns = (request: ModelRequest): Plain[] => {
  const said = withMoving(request);
  const known = answered(said);
  const hasTools = request.tools.length > 0;
  const system = [stablePart(request), hasTools ? toolWords(request.tools, request.mustCall === true) : ""].filter((part) => part !== "").join("\n\n");
  const turn = ({ role, text, calls, of }: Said): Plain => {
    if (role === "person") return { role: "user", content: text };
    if (role === "result") return { role: "user", content: `Result of ${known.get(of ?? "")?.tool ?? "a tool"}:\n${text}` };
    return { role: "assistant", content: hasTools || calls?.length ? asAnswer(text, calls?.[0]) : text };
  };
  const turns = merged(said.map(turn));
  if (turns[0]?.role !== "user") turns.unshift({ role: "user", content: "(nothing)" });
  if (turns.at(-1)?.role === "assistant") turns.push({ role: "user", content: "Go on." });
  return system === "" ? turns : [{ role: "system", content: system }, ...turns];
};

const nativeTurns = (request: ModelRequest): Message[] => {
  const said = withMoving(request);
  const known = answered(said);
  const results = new Set(said.flatMap(({ role, of }) => (role === "result" && of !== undefined ? [of] : [])));
  const system = stablePart(request);
  const turn = ({ role, text, calls, of }: Said): Message => {
    if (role === "result" && of !== undefined && known.has(of)) return { role: "tool", tool_call_id: of, content: text };
    if (role !== "jarvis") return { role: "user", content: text };
    const kept = (calls ?? []).filter(({ id }) => results.has(id));
    if (kept.length === 0) return { role: "assistant", content: text };
    return {
      role: "assistant",
      content: text === "" ? null : text,
      tool_calls: kept.map(({ id, tool, raw }) => ({ id, type: "function", function: { name: tool, arguments: raw || "{}" } })),
    };
  };
  return [...(system === "" ? [] : [{ role: "system" as const, content: system }]), ...said.map(turn)];
};

const native = (request: ModelRequest, without: ReadonlySet<string>): Partial<Body> =>
  request.tools.length === 0
    ? {}
    : {
        tools: request.tools.map(({ name, about, input }) => ({ type: "function" as const, function: { name, description: about, parameters: { ...input } } })),
        ...(request.mustCall && !without.has("tool_choice") ? { tool_choice: "required" as const } : {}),
      };

const held = (request: ModelRequest): Partial<Body> =>
  request.tools.length === 0
    ? {}
    : { response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: answerSchema(request.tools, request.mustCall === true) } } };

export const compatibleBody = (request: ModelRequest, { model, isConstrained, isLlama, slot, without }: Manner): Body => ({
  model,
  messages: isConstrained ? plainTurns(request) : nativeTurns(request),
  stream: true,
  ...(without.has("stream_options") ? {} : { stream_options: { include_usage: true } }),
  ...(without.has("max_tokens") ? { max_completion_tokens: request.mostTokens } : { max_tokens: request.mostTokens }),
  ...(isLlama ? { temperature: 0.2, cache_prompt: true, ...(slot === undefined ? {} : { id_slot: slot }) } : {}),
  ...(isConstrained ? held(request) : native(request, without)),
});
