// A tool as tersely as a model can still use it: one sentence, the fields it must or may fill, nothing a schema says beside. Pure.
import { z } from "zod";
import type { BoundTool } from "../../tools/bound.ts";
import type { ToolFace } from "../models/model.ts";
import { oneLine } from "./outside.ts";

const [LONGEST_ABOUT, LONGEST_FIELD, MOST_FIELDS, MOST_WORDS, DEEPEST] = [110, 50, 8, 20, 3];

const Field = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  description: z.string().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});

const firstSentence = (text: string, most: number): string => oneLine(/^[\s\S]*?[.:;](?=\s|$)/.exec(text)?.[0] ?? text, most).replace(/[.:;]$/, "");

const terse = (schema: unknown, depth: number): Record<string, unknown> => {
  const read = Field.safeParse(schema);
  if (!read.success || depth > DEEPEST) return {};
  const { type, enum: allowed, description, items, anyOf, properties, required } = read.data;
  const [branch] = type === undefined && allowed === undefined ? (anyOf ?? []) : [];
  if (branch !== undefined) return { ...terse(branch, depth + 1), ...(description === undefined ? {} : { description: firstSentence(description, LONGEST_FIELD) }) };
  return {
    ...(type === undefined ? {} : { type }),
    ...(allowed === undefined ? {} : { enum: allowed.slice(0, MOST_WORDS) }),
    ...(properties === undefined ? {} : { properties: fieldsOf(properties, required ?? [], depth + 1) }),
    ...(required === undefined || required.length === 0 ? {} : { required }),
    ...(items === undefined ? {} : { items: terse(items, depth + 1) }),
    ...(description === undefined ? {} : { description: firstSentence(description, LONGEST_FIELD) }),
  };
};

/** What must be there first, then the optional ones as they come. */
const fieldsOf = (properties: Readonly<Record<string, unknown>>, required: readonly string[], depth: number): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(properties)
      .toSorted(([a], [b]) => Number(required.includes(b)) - Number(required.includes(a)))
      .slice(0, Math.max(MOST_FIELDS, required.length))
      .map(([name, field]) => [name, terse(field, depth)]),
  );

const kept = new WeakMap<BoundTool, ToolFace>();

export const faceOf = (tool: BoundTool): ToolFace => {
  const known = kept.get(tool);
  if (known !== undefined) return known;
  const { properties = {}, required = [] } = terse(z.toJSONSchema(tool.input, { io: "input", unrepresentable: "any" }), 0);
  const face = { name: tool.name, about: firstSentence(tool.about || tool.title, LONGEST_ABOUT), input: { type: "object", properties, required } };
  kept.set(tool, face);
  return face;
};
