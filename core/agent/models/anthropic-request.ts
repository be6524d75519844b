// A request in the words of the Messages API: tools and instructions first and marked for the cache, then the conversation. Pure.
import type Anthropic from "@anthropic-ai/sdk";
import { answered, stablePart, withMoving } from "./conversation.ts";
import type { ModelRequest, Said } from "./model.ts";
import type { Knowledge } from "./prices.ts";

type Body = Anthropic.MessageCreateParamsStreaming;
type Message = Anthropic.MessageParam;
type Block = Anthropic.ContentBlockParam;

const KEPT = { type: "ephemeral" } as const;
/** Room for what a model thinks, where that cannot be turned off: it counts as output. */
const THINKING_TOKENS = 4096;
const CALL = "Answer with a call of one of the tools, and nothing else.";
const NOTHING = "(nothing)";

const inputOf = (wanted: unknown): Record<string, unknown> => (typeof wanted === "object" && wanted !== null && !Array.isArray(wanted) ? { ...wanted } : {});

const blocksOf = (said: Said, known: ReturnType<typeof answered>, results: ReadonlySet<string>): { role: "user" | "assistant"; blocks: Block[] } => {
  const words: Block[] = said.text === "" ? [] : [{ type: "text", text: said.text }];
  if (said.role === "jarvis")
    return {
      role: "assistant",
      // A call whose result is not here would be refused: it is left out.
      blocks: [
        ...words,
        ...(said.calls ?? []).filter(({ id }) => results.has(id)).map((call): Block => ({ type: "tool_use", id: call.id, name: call.tool, input: inputOf(call.arguments) })),
      ],
    };
  if (said.role === "result" && said.of !== undefined && known.has(said.of))
    return { role: "user", blocks: [{ type: "tool_result", tool_use_id: said.of, content: said.text || NOTHING }] };
  return { role: "user", blocks: words };
};

const merged = (request: ModelRequest): Message[] => {
  const said = withMoving(request);
  const known = answered(said);
  const results = new Set(said.flatMap(({ role, of }) => (role === "result" && of !== undefined ? [of] : [])));
  const all: { role: "user" | "assistant"; content: Block[] }[] = [];
  for (const one of said) {
    const { role, blocks } = blocksOf(one, known, results);
    const last = all.at(-1);
    if (blocks.length === 0) continue;
    if (last?.role === role) last.content.push(...blocks);
    else all.push({ role, content: blocks });
  }
  // Results stand before words in one turn, or they are refused.
  for (const { content } of all) content.sort((a, b) => Number(b.type === "tool_result") - Number(a.type === "tool_result"));
  if (all[0]?.role !== "user") all.unshift({ role: "user", content: [{ type: "text", text: NOTHING }] });
  if (all.at(-1)?.role === "assistant") all.push({ role: "user", content: [{ type: "text", text: "Go on." }] });
  const last = all.at(-1)?.content.at(-1);
  // With tools the next step of this turn begins with all of this.
  if (last && request.tools.length > 0 && (last.type === "text" || last.type === "tool_result")) last.cache_control = KEPT;
  return all;
};

/** `without`: fields this server refused before. */
export const anthropicBody = (request: ModelRequest, model: string, knowledge: Knowledge, without: ReadonlySet<string>): Body => {
  const mayForce = knowledge.quiet !== "between_tools" && !without.has("tool_choice");
  const quiet = without.has("thinking") ? undefined : knowledge.quiet;
  const isForced = request.mustCall === true && request.tools.length > 0;
  const words = [stablePart(request), isForced && !mayForce ? CALL : ""].filter((part) => part !== "").join("\n\n");
  return {
    model,
    stream: true,
    max_tokens: request.mostTokens + (quiet === undefined ? THINKING_TOKENS : 0),
    messages: merged(request),
    ...(words === "" ? {} : { system: [{ type: "text", text: words, cache_control: KEPT }] }),
    ...(request.tools.length === 0
      ? {}
      : { tools: request.tools.map(({ name, about, input }) => ({ name, description: about, input_schema: { ...input, type: "object" as const } })) }),
    ...(isForced && mayForce ? { tool_choice: { type: "any" as const } } : {}),
    ...(quiet === undefined ? {} : { thinking: { type: quiet } }),
  };
};
