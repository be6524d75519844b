// A chat completion request in llama-server's dialect: checked, and made into what the lab model is asked. It refuses a grammar, which it could not hold to.
import { z } from "zod";
import type { Asked, Tool, Turn } from "../wish/asked.ts";
import { failure } from "./failure.ts";

const MOST_SAID = 1_000;

const Content = z.union([z.string(), z.null(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]).optional();
const Call = z.looseObject({ id: z.string(), function: z.looseObject({ name: z.string(), arguments: z.union([z.string(), z.record(z.string(), z.unknown())]) }) });
const Message = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool"]),
  content: Content,
  tool_calls: z.array(Call).nullish(),
  tool_call_id: z.string().optional(),
});
type Message = z.infer<typeof Message>;

const Offered = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({ name: z.string(), description: z.string().optional(), parameters: z.unknown().optional() }),
});
const Format = z.looseObject({
  type: z.enum(["text", "json_object", "json_schema"]),
  schema: z.unknown().optional(),
  json_schema: z.looseObject({ schema: z.unknown().optional() }).optional(),
});

export const Body = z.looseObject({
  model: z.string().optional(),
  messages: z.array(Message).min(1).max(MOST_SAID),
  tools: z.array(Offered).nullish(),
  tool_choice: z.union([z.enum(["auto", "none", "required"]), z.looseObject({ function: z.looseObject({ name: z.string() }) })]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: Format.nullish(),
  json_schema: z.unknown().optional(),
  grammar: z.unknown().optional(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.number().int().nullish(),
  max_completion_tokens: z.number().int().nullish(),
  n_predict: z.number().int().nullish(),
  cache_prompt: z.boolean().nullish(),
  id_slot: z.number().int().nullish(),
});
export type Body = z.infer<typeof Body>;

const textOf = (content: Message["content"]): string => (typeof content === "string" ? content : (content ?? []).map(({ text = "" }) => text).join("\n"));

const argumentsOf = (text: string | Record<string, unknown>): unknown => {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const turnOf = (message: Message): Turn[] => {
  const text = textOf(message.content);
  if (message.role === "user") return [{ role: "person", text }];
  if (message.role === "tool") return [{ role: "result", text, of: message.tool_call_id ?? "" }];
  if (message.role === "assistant")
    return [{ role: "model", text, wishes: (message.tool_calls ?? []).map(({ id, function: made }) => ({ id, tool: made.name, arguments: argumentsOf(made.arguments) })) }];
  return [];
};

const toolsOf = (body: Body): Tool[] =>
  (body.tools ?? []).map(({ function: { name, description = "", parameters } }) => ({ name, about: description, schema: parameters ?? { type: "object" } }));

/** The conversation as the model reads it: each message between marks, the tools' words in the instructions. */
export const promptOf = (body: Body): string => {
  const system = body.messages.filter(({ role }) => role === "system" || role === "developer").map(({ content }) => textOf(content));
  const tools = (body.tools ?? []).map((tool) => JSON.stringify(tool));
  const face = tools.length === 0 ? "" : `\n\n# Tools\n\n<tools>\n${tools.join("\n")}\n</tools>`;
  const said = body.messages
    .filter(({ role }) => role !== "system" && role !== "developer")
    .map(({ role, content, tool_calls }) => {
      const calls = (tool_calls ?? [])
        .map((call) => `\n<tool_call>\n${JSON.stringify({ name: call.function.name, arguments: argumentsOf(call.function.arguments) })}\n</tool_call>`)
        .join("");
      return `<|im_start|>${role === "tool" ? "user" : role}\n${role === "tool" ? `<tool_response>\n${textOf(content)}\n</tool_response>` : textOf(content)}${calls}<|im_end|>\n`;
    });
  return `<|im_start|>system\n${system.join("\n")}${face}<|im_end|>\n${said.join("")}<|im_start|>assistant\n`;
};

const shapeOf = ({ response_format, json_schema }: Body): unknown => {
  if (json_schema !== undefined && json_schema !== null) return json_schema;
  if (response_format === undefined || response_format === null || response_format.type === "text") return undefined;
  return response_format.json_schema?.schema ?? response_format.schema ?? { type: "object" };
};

const choiceOf = (choice: Body["tool_choice"]): Asked["choice"] => {
  if (choice === undefined || choice === null || choice === "auto") return "auto";
  if (choice === "none") return "none";
  return choice === "required" ? "must" : { tool: choice.function.name };
};

export const readBody = (value: unknown): Body => {
  const read = Body.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw failure("invalid_request_error", `${issue?.path.join(".") || "body"}: ${issue?.message ?? "expected an object"}`);
  }
  if (typeof read.data.grammar === "string" && read.data.grammar !== "") throw failure("invalid_request_error", "the lab model takes a json_schema, not a grammar");
  return read.data;
};

export const askedOf = (body: Body, roomTokens: number): Asked => {
  const shape = shapeOf(body);
  const wanted = body.max_completion_tokens ?? body.max_tokens ?? body.n_predict ?? -1;
  return {
    system: body.messages
      .filter(({ role }) => role === "system" || role === "developer")
      .map(({ content }) => textOf(content))
      .join("\n"),
    turns: body.messages.flatMap(turnOf),
    tools: toolsOf(body),
    choice: choiceOf(body.tool_choice),
    single: body.parallel_tool_calls !== true,
    ...(shape === undefined ? {} : { shape }),
    mostTokens: wanted < 0 ? roomTokens : Math.min(wanted, roomTokens),
  };
};
