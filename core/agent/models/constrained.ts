// Calls a small model cannot get wrong: its whole answer is one JSON object, words or a call, held to a schema made of the offered tools. Pure.
import type { ToolFace } from "./model.ts";

type Schema = Record<string, unknown>;

/** Longer bounds make a grammar too large to be quick. */
const MOST_COUNT = 64;
const DEEPEST = 6;
const MOST_PROPERTIES = 24;

const isRecord = (value: unknown): value is Schema => typeof value === "object" && value !== null && !Array.isArray(value);
const small = (value: unknown): boolean => typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST_COUNT;

/** What every grammar maker understands, of a JSON Schema; what is left out is checked by the tool's own schema. */
const plain = (given: unknown, depth = 0): Schema => {
  if (!isRecord(given) || depth > DEEPEST) return {};
  if (given.const !== undefined) return { const: given.const };
  if (Array.isArray(given.enum)) return { enum: given.enum.slice(0, MOST_COUNT) };
  const choices = Array.isArray(given.anyOf) ? given.anyOf : Array.isArray(given.oneOf) ? given.oneOf : undefined;
  if (choices) return { anyOf: choices.slice(0, MOST_PROPERTIES).map((choice) => plain(choice, depth + 1)) };
  if (given.type === "object") return objectOf(given, depth);
  if (given.type === "array") return { type: "array", items: plain(given.items, depth + 1), ...(small(given.maxItems) ? { maxItems: given.maxItems } : {}) };
  if (given.type === "string") return { type: "string", ...(small(given.maxLength) ? { maxLength: given.maxLength } : {}) };
  if (typeof given.type === "string" && ["number", "integer", "boolean", "null"].includes(given.type)) return { type: given.type };
  return {};
};

const objectOf = (given: Schema, depth: number): Schema => {
  const properties = isRecord(given.properties) ? Object.entries(given.properties).slice(0, MOST_PROPERTIES) : [];
  const required = Array.isArray(given.required) ? given.required.filter((name) => properties.some(([key]) => key === name)) : [];
  return { type: "object", properties: Object.fromEntries(properties.map(([key, value]) => [key, plain(value, depth + 1)])), required, additionalProperties: false };
};

const exactly = (properties: Schema): Schema => ({ type: "object", properties, required: Object.keys(properties), additionalProperties: false });

/** The whole answer: `{"say": ...}` unless it must be a call, or `{"tool": ..., "arguments": ...}` for one of the tools. */
export const answerSchema = (tools: readonly ToolFace[], mustCall: boolean): Schema => ({
  anyOf: [
    ...(mustCall ? [] : [exactly({ say: { type: "string" } })]),
    ...tools.map(({ name, input }) => exactly({ tool: { const: name }, arguments: plain({ ...input, type: "object" }) })),
  ],
});

const typeWord = (given: unknown): string => {
  if (!isRecord(given)) return "any";
  if (given.const !== undefined) return JSON.stringify(given.const);
  if (Array.isArray(given.enum)) return given.enum.slice(0, MOST_PROPERTIES).join("|");
  return typeof given.type === "string" ? given.type : "any";
};

const argumentWords = (input: Schema): string => {
  const required = Array.isArray(input.required) ? input.required : [];
  const properties = isRecord(input.properties) ? Object.entries(input.properties).slice(0, MOST_PROPERTIES) : [];
  return properties.map(([name, schema]) => `${name}${required.includes(name) ? "" : "?"}: ${typeWord(schema)}`).join(", ");
};

/** The tools in the fewest words, and how to answer. */
export const toolWords = (tools: readonly ToolFace[], mustCall: boolean): string =>
  [
    "Tools:",
    ...tools.map(({ name, about, input }) => `- ${name}(${argumentWords(input)}) ${about}`),
    `Answer with one JSON object: {"tool": "NAME", "arguments": {...}} runs a tool${mustCall ? "." : '; {"say": "..."} answers in words.'}`,
  ].join("\n");

/** What was said before, in the same form. */
export const asAnswer = (text: string, call: { tool: string; arguments: unknown } | undefined): string =>
  JSON.stringify(call ? { tool: call.tool, arguments: call.arguments } : { say: text });
