// A value that fits a JSON Schema, made of what was heard. It makes nothing up but where it must; what is missing is named.
import { z } from "zod";
import type { Heard } from "./heard.ts";
import { deedOf, kindOf, stem, wordsIn } from "./words.ts";

const MOST_DEPTH = 8;
const MOST_PROPERTIES = 100;

const Node = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  pattern: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  description: z.string().optional(),
});
type Node = z.infer<typeof Node>;

/** `missing`: the first property that had to be there and was not heard. */
export interface Filled {
  value: unknown;
  missing?: string;
}

const FREE: Readonly<Record<string, readonly string[]>> = {
  text: ["that", "remember", "note", "about"],
  command: ["run", "execute", "command"],
  query: ["for", "about", "search", "recall", "know"],
  question: [],
  reason: ["because"],
  message: ["say", "that"],
  content: ["that"],
  words: ["say", "that"],
};
/** Of these one is enough to say which thing is meant. */
const WHICH: ReadonlySet<string> = new Set([
  "vmid",
  "id",
  "guest",
  "container",
  "node",
  "host",
  "name",
  "target",
  "resource",
  "storage",
  "service",
  "fault",
  "runbook",
  "incident",
]);

const nodeOf = (schema: unknown): Node => Node.safeParse(schema).data ?? {};
const typesOf = (node: Node): readonly string[] => (typeof node.type === "string" ? [node.type] : (node.type ?? (node.properties ? ["object"] : [])));

const isPattern = (text: string, pattern: string | undefined): boolean => {
  if (pattern === undefined) return true;
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
};

const said = (member: unknown, heard: Heard): boolean => {
  const words = wordsIn(String(member));
  const there = new Set(wordsIn(heard.text).flatMap((word) => [stem(word), deedOf(word) ?? stem(word)]));
  return words.length > 0 && words.every((word) => there.has(stem(word)) || there.has(deedOf(word) ?? stem(word)));
};

const numberIn = (node: Node, name: string, heard: Heard): number | undefined => {
  const whole = typesOf(node).includes("integer");
  const low = node.minimum ?? (node.exclusiveMinimum === undefined ? Number.NEGATIVE_INFINITY : node.exclusiveMinimum + (whole ? 1 : Number.EPSILON));
  const fits = (value: number): boolean =>
    value >= low && value <= (node.maximum ?? Number.POSITIVE_INFINITY) && (!whole || Number.isInteger(value)) && (name !== "vmid" || value >= 100);
  return heard.number(wordsIn(name.replace(/([A-Z])/g, " $1")).at(-1) ?? "", fits);
};

const stringIn = (node: Node, name: string, heard: Heard): string | undefined => {
  const fits = (text: string): boolean => text.length >= (node.minLength ?? 0) && text.length <= (node.maxLength ?? 8_000) && isPattern(text, node.pattern);
  const after = FREE[name];
  if (after === undefined) return heard.name(kindOf(name), fits);
  const text = heard.free(after) ?? heard.text;
  return fits(text) ? text : undefined;
};

/** What must be there although nothing was heard of it. */
const least = (node: Node): unknown => {
  if (node.default !== undefined) return node.default;
  if (node.enum !== undefined) return node.enum[0];
  const types = typesOf(node);
  if (types.includes("null")) return null;
  if (types.includes("boolean")) return false;
  if (types.includes("array")) return [];
  return undefined;
};

/** How many words of a branch's fixed values were said. */
const closeness = (schema: unknown, heard: Heard, depth: number): number => {
  const node = nodeOf(schema);
  const own = [...(node.const === undefined ? [] : [node.const]), ...(node.enum ?? [])];
  const words = own.flatMap((one) => wordsIn(String(one)));
  const there = new Set(wordsIn(heard.text).flatMap((word) => [kindOf(word), deedOf(word) ?? stem(word)]));
  const mine = words.filter((word) => there.has(kindOf(word)) || there.has(deedOf(word) ?? stem(word))).length;
  return depth > MOST_DEPTH ? mine : Object.values(node.properties ?? {}).reduce((sum: number, one) => sum + closeness(one, heard, depth + 1), mine);
};

const objectIn = (node: Node, heard: Heard, depth: number): Filled => {
  const required = new Set(node.required ?? []);
  const value: Record<string, unknown> = {};
  let missing: string | undefined;
  let isNamed = false;
  for (const [name, schema] of Object.entries(node.properties ?? {}).slice(0, MOST_PROPERTIES)) {
    const must = required.has(name);
    const which = WHICH.has(name);
    const told = nodeOf(schema);
    const isOpen = must || (which && !isNamed) || told.enum !== undefined || typesOf(told).some((type) => type === "integer" || type === "number");
    if (!isOpen) continue;
    const found = fill(schema, name, heard, depth + 1);
    if (found.value !== undefined) value[name] = found.value;
    if (found.value !== undefined && which && found.value !== null) isNamed = true;
    if (must) missing ??= found.missing ?? (found.value === undefined ? name : undefined);
  }
  return { value, ...(missing === undefined ? {} : { missing }) };
};

export const fill = (schema: unknown, name: string, heard: Heard, depth = 0): Filled => {
  const node = nodeOf(schema);
  if (depth > MOST_DEPTH) return { value: least(node) };
  if (node.const !== undefined) return { value: node.const };
  if (node.enum !== undefined) return { value: node.enum.find((member) => said(member, heard)) ?? (depth > 0 && node.default !== undefined ? node.default : undefined) };
  const branches = node.anyOf ?? node.oneOf;
  if (branches !== undefined) {
    const tried = branches.map((branch) => ({ branch, close: closeness(branch, heard, depth) })).toSorted((a, b) => b.close - a.close);
    const [best] = tried;
    const filled = tried.map(({ branch, close }) => ({ ...fill(branch, name, heard, depth + 1), close }));
    const whole = filled.find((one) => one.close === best?.close && one.value !== undefined && one.value !== null && one.missing === undefined);
    return whole ?? filled.find((one) => one.value !== undefined && one.missing === undefined) ?? filled[0] ?? { value: undefined };
  }
  const types = typesOf(node);
  if (types.includes("object")) return objectIn(node, heard, depth);
  if (types.includes("integer") || types.includes("number")) return { value: numberIn(node, name, heard) ?? least(node) };
  if (types.includes("string") || types.length === 0) return { value: stringIn(node, name, heard) ?? least(node) };
  if (types.includes("array")) {
    const { value } = fill(node.items, stem(name), heard, depth + 1);
    return { value: value === undefined ? [] : [value] };
  }
  return { value: least(node) };
};

const EMPTY: Readonly<Record<string, unknown>> = { string: "", integer: 0, number: 0, boolean: false, array: [], null: null };

/** Puts something that fits where nothing was heard: for an answer that must have its shape whatever was said. */
export const complete = (schema: unknown, value: unknown, depth = 0): unknown => {
  const node = nodeOf(schema);
  if (node.const !== undefined) return node.const;
  const types = typesOf(node);
  if (types.includes("object") && depth <= MOST_DEPTH) {
    const given = new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
    for (const name of node.required ?? []) given.set(name, complete(node.properties?.[name], given.get(name), depth + 1));
    return Object.fromEntries(given);
  }
  if (value !== undefined) return value;
  const [first] = node.anyOf ?? node.oneOf ?? [];
  if (first !== undefined && depth <= MOST_DEPTH) return complete(first, undefined, depth + 1);
  return least(node) ?? (types.some((type) => type === "integer" || type === "number") ? (node.minimum ?? 0) : EMPTY[types[0] ?? "string"]);
};
