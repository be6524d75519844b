// A request to the Messages API: checked as the real one checks it, and made into what the lab model is asked. It refuses what the real one refuses, in its words.
import { z } from "zod";
import { CLOUD_CONTEXT_TOKENS, MODEL } from "../about.ts";
import type { Asked, Turn } from "../wish/asked.ts";
import { failure } from "./failure.ts";

const MOST_CACHE_MARKS = 4;
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;

const Mark = z.looseObject({ type: z.literal("ephemeral"), ttl: z.enum(["5m", "1h"]).optional() });
const Text = z.looseObject({ type: z.literal("text"), text: z.string(), cache_control: Mark.nullish() });
const Use = z.looseObject({ type: z.literal("tool_use"), id: z.string(), name: z.string(), input: z.unknown().optional(), cache_control: Mark.nullish() });
const Result = z.looseObject({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]).optional(),
  is_error: z.boolean().optional(),
  cache_control: Mark.nullish(),
});
const Thinking = z.looseObject({ type: z.enum(["thinking", "redacted_thinking"]), cache_control: Mark.nullish() });
const Block = z.discriminatedUnion("type", [Text, Use, Result, Thinking], { error: "Input should be a block of type text, tool_use, tool_result or thinking" });
export type Block = z.infer<typeof Block>;
const Tool = z.looseObject({ name: z.string(), description: z.string().optional(), input_schema: z.looseObject({ type: z.literal("object") }), cache_control: Mark.nullish() });

const Body = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.enum(["user", "assistant"]), content: z.union([z.string(), z.array(Block)]) })).min(1, "at least one message is required"),
  system: z.union([z.string(), z.array(Text)]).optional(),
  tools: z.array(Tool).optional(),
  tool_choice: z.looseObject({ type: z.enum(["auto", "any", "tool", "none"]), name: z.string().optional(), disable_parallel_tool_use: z.boolean().optional() }).optional(),
  output_config: z.looseObject({ format: z.looseObject({ type: z.string(), schema: z.unknown().optional() }).nullish() }).nullish(),
  stream: z.boolean().optional(),
});
const Creation = Body.extend({ max_tokens: z.number({ error: "Field required" }).int().min(1) });

/** A part of the prompt in the order it is cached, and whether a cache mark stands on it. */
export interface Part {
  text: string;
  isMarked: boolean;
}

export interface Read {
  asked: Asked;
  parts: Part[];
  isStream: boolean;
}

type Message = z.infer<typeof Body>["messages"][number];

const blocksOf = ({ content }: Message): Block[] => (typeof content === "string" ? [{ type: "text", text: content }] : content);
const textOf = (content: z.infer<typeof Result>["content"]): string => (typeof content === "string" ? content : (content ?? []).map(({ text = "" }) => text).join("\n"));

const checkPairs = (messages: readonly Message[]): void => {
  let open: string[] = [];
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message);
    const answered = new Set(blocks.flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id] : [])));
    const left = open.filter((id) => !answered.has(id));
    if (left.length > 0)
      throw failure(
        "invalid_request_error",
        `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${left.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    const foreign = [...answered].find((id) => !open.includes(id));
    if (foreign !== undefined)
      throw failure(
        "invalid_request_error",
        `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${foreign}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    if (blocks.some((block) => block.type === "text" && block.text.trim() === ""))
      throw failure("invalid_request_error", "messages: text content blocks must contain non-whitespace text");
    open = message.role === "assistant" ? blocks.flatMap((block) => (block.type === "tool_use" ? [block.id] : [])) : [];
  }
  if (open.length > 0)
    throw failure("invalid_request_error", `messages.${messages.length - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}.`);
};

const turnsOf = (message: Message): Turn[] => {
  const blocks = blocksOf(message);
  const text = blocks.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
  if (message.role === "assistant")
    return [{ role: "model", text, wishes: blocks.flatMap((block) => (block.type === "tool_use" ? [{ id: block.id, tool: block.name, arguments: block.input }] : [])) }];
  const results = blocks.flatMap((block): Turn[] => (block.type === "tool_result" ? [{ role: "result", text: textOf(block.content), of: block.tool_use_id }] : []));
  return [...results, ...(text === "" || results.length > 0 ? [] : [{ role: "person" as const, text }])];
};

const partsOf = ({ tools = [], system, messages }: z.infer<typeof Body>): Part[] => {
  const part = (text: string, mark: unknown): Part => ({ text, isMarked: mark !== undefined && mark !== null });
  const instructions = typeof system === "string" ? [part(system, undefined)] : (system ?? []).map(({ text, cache_control }) => part(text, cache_control));
  return [
    ...tools.map(({ cache_control, ...tool }) => part(JSON.stringify(tool), cache_control)),
    ...instructions,
    ...messages.flatMap((message) =>
      blocksOf(message).map(({ cache_control, ...block }) =>
        part(`${message.role}: ${"text" in block && block.type === "text" ? String(block.text) : JSON.stringify(block)}`, cache_control),
      ),
    ),
  ];
};

const choiceOf = (choice: z.infer<typeof Body>["tool_choice"]): Asked["choice"] =>
  choice === undefined || choice.type === "auto" ? "auto" : choice.type === "none" ? "none" : choice.type === "any" ? "must" : { tool: choice.name ?? "" };

const check = (body: z.infer<typeof Body>, parts: readonly Part[]): void => {
  if (body.model !== MODEL) throw failure("not_found_error", `model: ${body.model.slice(0, 80)}`);
  const badTool = (body.tools ?? []).find(({ name }) => !TOOL_NAME.test(name));
  if (badTool) throw failure("invalid_request_error", `tools.${(body.tools ?? []).indexOf(badTool)}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
  const names = (body.tools ?? []).map(({ name }) => name);
  if (new Set(names).size < names.length) throw failure("invalid_request_error", "tools: Tool names must be unique.");
  const marks = parts.filter(({ isMarked }) => isMarked).length;
  if (marks > MOST_CACHE_MARKS) throw failure("invalid_request_error", `A maximum of ${MOST_CACHE_MARKS} blocks with cache_control may be provided. Found ${marks}.`);
  if (body.messages[0]?.role !== "user") throw failure("invalid_request_error", 'messages: first message must use the "user" role');
  checkPairs(body.messages);
};

/** `counts`: only counted, so nothing is said of how much may be answered. */
export const readMessages = (value: unknown, { counts }: { counts: boolean }): Read => {
  const read = (counts ? Body : Creation).safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw failure("invalid_request_error", `${issue?.path.join(".") || "body"}: ${issue?.message ?? "Input should be an object"}`);
  }
  const body = read.data;
  const parts = partsOf(body);
  check(body, parts);
  const system = typeof body.system === "string" ? body.system : (body.system ?? []).map(({ text }) => text).join("\n");
  const format = body.output_config?.format;
  return {
    asked: {
      system,
      turns: body.messages.flatMap(turnsOf),
      tools: (body.tools ?? []).map(({ name, description = "", input_schema }) => ({ name, about: description, schema: input_schema })),
      choice: choiceOf(body.tool_choice),
      single: body.tool_choice?.disable_parallel_tool_use === true,
      ...(format?.type === "json_schema" ? { shape: format.schema } : {}),
      mostTokens: "max_tokens" in body && typeof body.max_tokens === "number" ? body.max_tokens : 1,
    },
    parts,
    isStream: body.stream === true,
  };
};

/** Throws what the real one says when a prompt does not fit. */
export const checkLength = (tokens: number): void => {
  if (tokens > CLOUD_CONTEXT_TOKENS) throw failure("invalid_request_error", `prompt is too long: ${tokens} tokens > ${CLOUD_CONTEXT_TOKENS} maximum`);
};
