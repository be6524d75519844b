// Whether a wish of a model is exactly what the person ordered: the same act, on the same thing, with no word in it that is not theirs. Pure.
import type { LiveResource } from "../../contract/resource.ts";
import { partsOf } from "../../lib/tool-words.ts";
import type { BoundTool } from "../../tools/bound.ts";
import { fold, nounOf, tokensOf } from "../reflex/lexicon.ts";
import { toolFor } from "../reflex/tool.ts";
import type { Order } from "./mandate.ts";
import { BESIDE, isInput, targetOf } from "./target.ts";

const LONGEST_VALUE = 200;
/** What no word of a sentence is made of. */
const STRANGE = /[^a-z0-9._/@'\s-]/;

const isTheirs = (key: string, value: unknown, words: readonly string[]): boolean => {
  if (value === undefined || value === null || value === false) return true;
  if (value === true) return words.includes(key.toLowerCase());
  if (typeof value === "number") return words.includes(String(value));
  if (typeof value !== "string" || value.length > LONGEST_VALUE || STRANGE.test(fold(value))) return false;
  const parts = tokensOf(value);
  return parts.length > 0 && parts.every((part) => words.includes(part));
};

const isThatAct = (tool: BoundTool, order: Order, target: LiveResource, tools: readonly BoundTool[]): boolean => {
  if (order.plain) return toolFor(order.plain.verb, order.plain.force, target, tools)?.name === tool.name;
  const { noun, verb } = partsOf(tool.name);
  if (verb !== order.verb) return false;
  const nouns = new Set(order.words.map((word) => nounOf(word) ?? word));
  return noun.split(" ").every((word) => word === target.kind || nouns.has(word));
};

/** The index of the order that covers it; undefined: none does. `spent`: each order is carried out once. */
export const coveredBy = (
  { tool, input }: { tool: BoundTool; input: unknown },
  { orders, spent }: { orders: readonly Order[]; spent: ReadonlySet<number> },
  { resources, tools }: { resources: readonly LiveResource[]; tools: readonly BoundTool[] },
): number | undefined => {
  if (!isInput(input)) return undefined;
  const target = targetOf(tool, input, resources);
  if (target === undefined) return undefined;
  const beside = BESIDE[target.kind] ?? [];
  const found = orders.findIndex(
    (order, index) =>
      !spent.has(index) &&
      order.target === target.id &&
      isThatAct(tool, order, target, tools) &&
      Object.entries(input).every(([key, value]) => beside.includes(key) || isTheirs(key, value, order.words)),
  );
  return found < 0 ? undefined : found;
};
