// Which tool a request means and what its input is, from the tools' own names and schemas. Knows no tool. Pure.
import { z } from "zod";
import type { LiveResource } from "../../contract/resource.ts";
import { partsOf } from "../../lib/tool-words.ts";
import type { BoundTool } from "../../tools/bound.ts";
import { whatIsMeant } from "./name.ts";
import type { Verb } from "./wish.ts";

/** Words of tool names that answer a verb, the gentlest first. */
const ANSWERS: Record<Verb, readonly string[]> = { start: ["start"], stop: ["shutdown", "stop"], restart: ["restart", "reboot"] };
const FORCED: Record<Verb, readonly string[]> = { start: ["start"], stop: ["stop", "shutdown"], restart: ["restart", "reboot", "reset"] };

export const toolFor = (verb: Verb, force: boolean, resource: LiveResource, tools: readonly BoundTool[]): BoundTool | undefined => {
  const words = (force ? FORCED : ANSWERS)[verb];
  const own = tools.filter((tool) => partsOf(tool.name).noun === resource.kind && tool.effect !== "read");
  return words
    .map((word) => own.find((tool) => partsOf(tool.name).verb === word && tool.plugin === resource.plugin) ?? own.find((tool) => partsOf(tool.name).verb === word))
    .find((tool) => tool !== undefined);
};

/** A resource as the input fields of the naming rules: {vmid}, {node}, {container, host}. */
export const inputFor = (resource: LiveResource): Record<string, unknown> => {
  const parts = resource.id.split("/");
  if (resource.kind === "guest") return { vmid: resource.vmid ?? Number(parts[1]) };
  if (resource.kind === "container") return { container: resource.name, host: parts[1] };
  return { [resource.kind]: resource.name };
};

const Shape = z.object({
  properties: z.record(z.string(), z.looseObject({ type: z.string().optional(), enum: z.array(z.unknown()).optional() })).default({}),
  required: z.array(z.string()).default([]),
});

export type Spoken = { tool: BoundTool; input: Record<string, unknown>; missing: string[] };

/** How far `left` fills the fields of a tool: an allowed word, a number, and for the one text that must be there what is left. */
const filled = (tool: BoundTool, resource: LiveResource | undefined, left: readonly string[]): (Spoken & { over: readonly string[] }) | undefined => {
  const shape = Shape.safeParse(z.toJSONSchema(tool.input, { io: "input", unrepresentable: "any" }));
  if (!shape.success) return undefined;
  const { properties, required } = shape.data;
  const fromResource = resource ? inputFor(resource) : {};
  const input: Record<string, unknown> = {};
  let over = resource === undefined ? [...left] : left.filter((word) => whatIsMeant(word, [resource]).found === "none");
  const take = (field: string, word: string | undefined, value: unknown): void => {
    if (word === undefined) return;
    input[field] = value;
    over = over.filter((other) => other !== word);
  };
  const texts = required.filter((field) => properties[field]?.type === "string" && properties[field]?.enum === undefined && !(field in fromResource));
  for (const [field, { type, enum: allowed }] of Object.entries(properties)) {
    if (field in fromResource) input[field] = fromResource[field];
    else if (allowed) {
      const value = allowed.find((one) => over.includes(String(one).toLowerCase()));
      take(field, value === undefined ? undefined : String(value).toLowerCase(), value);
    } else if ((type === "number" || type === "integer") && required.includes(field)) {
      const word = over.find((one) => !Number.isNaN(Number(one)));
      take(field, word, Number(word));
    }
  }
  const [text, ...more] = texts;
  if (text !== undefined && more.length === 0 && over.length > 0) {
    input[text] = over.join(" ");
    over = [];
  }
  return { tool, input, missing: required.filter((field) => !(field in input)), over };
};

const SMALL: ReadonlySet<string> = new Set(["the", "a", "an", "to", "of", "for", "my", "please", "with", "on", "in", "me"]);

/**
 * A tool named by its own words ("toast the bread"): all words of its noun and its verb must be there, and what changes something must be ordered: the
 * sentence begins with the verb, with noun and verb, or with the tool's name, and has no word that is not accounted for. Text that merely mentions them orders nothing.
 */
export const spokenTool = (words: readonly string[], resource: LiveResource | undefined, tools: readonly BoundTool[], mayOrder = true): Spoken | undefined => {
  const said = new Set(words);
  for (const tool of tools) {
    const { noun, verb } = partsOf(tool.name);
    const own = noun.split(" ");
    if (!said.has(tool.name) && ![...own, verb].every((word) => said.has(word) || said.has(`${word}s`))) continue;
    const isOrdered = mayOrder && (words[0] === verb || words[0] === tool.name || [...own, verb].every((word, index) => words[index] === word));
    if (tool.effect !== "read" && !isOrdered) continue;
    const spent = new Set([...own, verb, tool.name]);
    const spoken = filled(
      tool,
      resource,
      words.filter((word) => !SMALL.has(word) && !spent.has(word) && !spent.has(word.replace(/s$/, ""))),
    );
    if (spoken && (tool.effect === "read" || spoken.over.length === 0)) return { tool, input: spoken.input, missing: spoken.missing };
  }
  return undefined;
};
