// Which tool a request means and what its input is, from the tools' own names and schemas. Knows no tool. Pure.
import { z } from "zod";
import type { LiveResource } from "../../contract/resource.ts";
import type { BoundTool } from "../../tools/bound.ts";
import type { Verb } from "./wish.ts";

/** Words of tool names that answer a verb, the gentlest first. */
const ANSWERS: Record<Verb, readonly string[]> = { start: ["start"], stop: ["shutdown", "stop"], restart: ["restart", "reboot"] };
const FORCED: Record<Verb, readonly string[]> = { start: ["start"], stop: ["stop", "shutdown"], restart: ["restart", "reboot", "reset"] };

/** `plugin_noun_verb` in parts; the plugin's id has no underscore. */
export const partsOf = (name: string): { noun: string; verb: string } => {
  const [, ...rest] = name.split("_");
  return { noun: rest.slice(0, -1).join(" "), verb: rest.at(-1) ?? "" };
};

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

/**
 * A tool named by its own words ("toast the bread"): all words of its noun and its verb must be there, and what changes something must be ordered:
 * the sentence begins with the verb, with noun and verb, or with the tool's name. Text that merely mentions them orders nothing. Fields are filled from a resource,
 * an allowed word, a number or, when one text field is left, the words that are left.
 */
export const spokenTool = (words: readonly string[], resource: LiveResource | undefined, tools: readonly BoundTool[]): Spoken | undefined => {
  const said = new Set(words);
  const named = (tool: BoundTool): boolean => {
    const { noun, verb } = partsOf(tool.name);
    const own = noun.split(" ");
    const ordered = words[0] === verb || words[0] === tool.name || [...own, verb].every((word, index) => words[index] === word);
    if (tool.effect !== "read" && !ordered) return false;
    return said.has(tool.name) || [...own, verb].every((word) => said.has(word) || said.has(`${word}s`));
  };
  const tool = tools.find(named);
  if (!tool) return undefined;
  const { noun, verb } = partsOf(tool.name);
  const shape = Shape.safeParse(z.toJSONSchema(tool.input, { io: "input", unrepresentable: "any" }));
  if (!shape.success) return undefined;
  const spent = new Set([...noun.split(" "), verb, tool.name, "the", "a", "an", "to", "of", "for", "my", "please", "with"]);
  const left = words.filter((word) => !spent.has(word) && !spent.has(word.replace(/s$/, "")));
  const fromResource = resource ? inputFor(resource) : {};
  const input: Record<string, unknown> = {};
  for (const [field, { type, enum: allowed }] of Object.entries(shape.data.properties)) {
    if (field in fromResource) input[field] = fromResource[field];
    else if (allowed) input[field] = allowed.find((word) => said.has(String(word).toLowerCase()));
    else if (type === "number" || type === "integer") input[field] = left.map(Number).find((value) => !Number.isNaN(value));
    else if (type === "string" && shape.data.required.includes(field) && left.length > 0) input[field] = left.join(" ");
    if (input[field] === undefined) delete input[field];
  }
  return { tool, input, missing: shape.data.required.filter((field) => !(field in input)) };
};
