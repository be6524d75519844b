// A tool's schemas at work: its description for others, its input parsed in words, its secrets taken out. Pure.
import { z } from "zod";
import { type Issue, JarvisError } from "../contract/error.ts";
import type { ToolInfo } from "../contract/wire.ts";
import { didYouMean } from "../lib/nearest.ts";
import { worded } from "../lib/wording.ts";
import type { BoundTool } from "./bound.ts";

const MARK = "[redacted]";
const MOST_ISSUES = 20;

const jsonSchema = (schema: z.ZodType, io: "input" | "output"): unknown => z.toJSONSchema(schema, { io, unrepresentable: "any" });

export const toolInfo = (tool: BoundTool): ToolInfo => ({
  name: tool.name,
  title: tool.title,
  about: tool.about,
  effect: tool.effect,
  inputSchema: jsonSchema(tool.input, "input"),
  ...(tool.output === undefined ? {} : { outputSchema: jsonSchema(tool.output, "output") }),
});

/** A key the schema does not have would be dropped in silence: whoever writes `dry_run` for `--dry-run` would act. */
const strangers = (tool: BoundTool, input: unknown): Issue[] => {
  const node = Node.safeParse(jsonSchema(tool.input, "input"));
  if (!node.success || !isPlain(input)) return [];
  const { properties, additionalProperties, anyOf, allOf, oneOf } = node.data;
  if (properties === undefined || [additionalProperties, anyOf, allOf, oneOf].some((part) => part !== undefined)) return [];
  const known = Object.keys(properties);
  const words = known.length === 0 ? "there is no such field; it takes none" : `there is no such field. Known here: ${known.join(", ")}`;
  return Object.keys(input).flatMap((key) => (known.includes(key) ? [] : [{ path: key, message: `${words}${didYouMean(key, known).replace(/^ /, ". ")}` }]));
};

/** Throws bad_input with one issue per wrong field, one that is not the tool's included. */
export const parseInput = (tool: BoundTool, input: unknown): unknown => {
  const parsed = tool.input.safeParse(input ?? {});
  const strange = strangers(tool, input);
  if (parsed.success && strange.length === 0) return parsed.data;
  const wrong = (parsed.error?.issues ?? []).flatMap((issue) => worded(issue, tool.input)).map(({ path, message }) => ({ path: path.map(String).join("."), message }));
  const issues = [...strange, ...wrong].slice(0, MOST_ISSUES);
  const words = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  throw new JarvisError("bad_input", { message: `${tool.name}: ${words}`, path: issues[0]?.path ?? "", issues });
};

const Node = z.looseObject({
  secret: z.boolean().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Follows a JSON Schema down a value; where any branch says `secret`, the value goes. */
const without = (schema: unknown, value: unknown): unknown => {
  const node = Node.safeParse(schema);
  if (!node.success || value === undefined || value === null) return value;
  if (node.data.secret === true) return MARK;
  const branches = [...(node.data.anyOf ?? []), ...(node.data.oneOf ?? []), ...(node.data.allOf ?? [])];
  const own = branches.reduce<unknown>((left, branch) => without(branch, left), value);
  if (Array.isArray(own)) return own.map((entry) => without(node.data.items, entry));
  if (!isPlain(own)) return own;
  return Object.fromEntries(Object.entries(own).map(([key, entry]) => [key, without(node.data.properties?.[key] ?? node.data.additionalProperties, entry)]));
};

/** The input as it may be kept: fields marked `.meta({ secret: true })` are gone. */
export const redactInput = (tool: BoundTool, input: unknown): unknown => without(jsonSchema(tool.input, "output"), input);
