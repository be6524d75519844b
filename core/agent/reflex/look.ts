// Which look a sentence asks for: a tool that only reads, by the words of its own name and what people call them, on the one thing named beside them. Knows no tool. Every word must be accounted for, or it is no look. Pure.
import { z } from "zod";
import type { LiveResource } from "../../contract/resource.ts";
import { partsOf } from "../../lib/tool-words.ts";
import type { BoundTool } from "../../tools/bound.ts";
import { FILLERS, inToolWords, KINDS, looksOf, nounOf, tokensOf } from "./lexicon.ts";
import { whatIsMeant } from "./name.ts";
import { spelling } from "./spelling.ts";
import { inputFor } from "./tool.ts";

/** `among`: the name fits several. */
export type Look = { tool: BoundTool; input: Record<string, unknown>; resource?: LiveResource } | { tool: BoundTool; among: readonly LiveResource[] };

const Shape = z.object({ properties: z.record(z.string(), z.unknown()).default({}), required: z.array(z.string()).default([]) });

const fieldsOf = (tool: BoundTool): z.output<typeof Shape> | undefined => Shape.safeParse(z.toJSONSchema(tool.input, { io: "input", unrepresentable: "any" })).data;

interface Heard {
  /** In the words of tools. */
  readonly nouns: ReadonlySet<string>;
  readonly verbs: ReadonlySet<string>;
  /** What is not accounted for: a name. */
  readonly left: readonly string[];
  /** Nothing but nouns and fillers was said. */
  readonly isBare: boolean;
}

const hear = (words: readonly string[], known: ReadonlySet<string>): Heard => {
  const [nouns, verbs, left] = [new Set<string>(), new Set<string>(), [] as string[]];
  for (const word of words) {
    const looks = looksOf(word);
    const noun = nounOf(word) ?? (looks.length === 0 && known.has(word) && !FILLERS.has(word) ? word : undefined);
    if (noun !== undefined) nouns.add(noun);
    for (const look of looks) verbs.add(look);
    if (noun === undefined && looks.length === 0 && !FILLERS.has(word)) left.push(word);
  }
  return { nouns, verbs, left, isBare: verbs.size === 0 };
};

/** The more of its own words were said the better; then what asks for one thing before what lists. */
const ORDER = ["audit", "check", "forecast", "logs", "explain", "overview", "status", "get", "list"];
const rank = (verb: string, of: LiveResource | undefined, verbs: ReadonlySet<string>): number => {
  if (of !== undefined && verb === "list" && verbs.has("list") && !verbs.has("get")) return -1;
  return ORDER.indexOf(verb) < 0 ? ORDER.length : ORDER.indexOf(verb);
};

const fits = (tool: BoundTool, { nouns, verbs, isBare }: Heard, of: LiveResource | undefined): boolean => {
  const { noun, verb } = partsOf(tool.name);
  const own = noun.split(" ");
  if (tool.effect !== "read" || !own.every((word) => nouns.has(word) || word === of?.kind)) return false;
  const isKindAlone = own.every((word) => KINDS.has(word));
  const isSaid =
    verbs.has(verb) ||
    nouns.has(verb) ||
    (isBare && (verb === "list" || (of !== undefined && (verb === "get" || verb === "audit")))) ||
    (of !== undefined && verb === "list" && verbs.has("get")) ||
    (verb === "audit" && verbs.has("get") && (of !== undefined || !verbs.has("list")));
  // Whatever else was named must be its own: the snapshots of a guest are no list of guests.
  const strays = [...nouns].filter((word) => !own.includes(word) && word !== verb && word !== of?.kind && !(KINDS.has(word) && !isKindAlone));
  if (!isSaid || strays.length > 0) return false;
  // A thing by itself is told of from what is known; only what it has is looked up.
  if (of !== undefined && isKindAlone) return verb === "logs" || verb === "explain";
  if (of === undefined && (verb === "get" || (isKindAlone && verb !== "list" && verb !== "overview"))) return false;
  return true;
};

const candidates = (tools: readonly BoundTool[], heard: Heard, of: LiveResource | undefined): BoundTool[] =>
  tools
    .filter((tool) => fits(tool, heard, of))
    .filter((tool) => {
      const { properties, required } = fieldsOf(tool) ?? { properties: {}, required: ["?"] };
      const given = of === undefined ? {} : inputFor(of);
      return required.every((field) => field in given) && (of === undefined || Object.keys(given).some((field) => field in properties));
    })
    .sort((a, b) => rank(partsOf(a.name).verb, of, heard.verbs) - rank(partsOf(b.name).verb, of, heard.verbs) || partsOf(b.name).noun.length - partsOf(a.name).noun.length);

const inputOf = (tool: BoundTool, of: LiveResource): Record<string, unknown> => {
  const { properties } = fieldsOf(tool) ?? { properties: {} };
  return Object.fromEntries(Object.entries(inputFor(of)).filter(([field]) => field in properties));
};

/** Undefined: no look is asked for, or none that can be told from others. */
export const readLook = (text: string, resources: readonly LiveResource[], tools: readonly BoundTool[]): Look | undefined => {
  const known = new Set(tools.flatMap(({ name, effect }) => (effect === "read" ? [...partsOf(name).noun.split(" "), partsOf(name).verb] : [])));
  const words = tokensOf(inToolWords(text));
  const plain = hear(words, known);
  const mistyped = plain.left.length > 0 && whatIsMeant(plain.left.join(" "), resources).found === "none";
  const heard = mistyped
    ? hear(
        words.map((word) => (plain.left.includes(word) ? (spelling(word) ?? word) : word)),
        known,
      )
    : plain;
  if (heard.nouns.size === 0 && !heard.verbs.has("logs") && !heard.verbs.has("explain")) return undefined;
  if (heard.left.length === 0) {
    const [tool] = candidates(tools, heard, undefined);
    return tool === undefined ? undefined : { tool, input: {} };
  }
  const kind = [...heard.nouns].find((noun) => KINDS.has(noun)) ?? "";
  const meant = whatIsMeant(`${kind} ${heard.left.join(" ")}`, resources);
  if (meant.found === "none") return undefined;
  const fit = (meant.found === "one" ? [meant.resource] : meant.resources).flatMap((resource) => {
    const [tool] = candidates(tools, heard, resource);
    return tool === undefined ? [] : [{ tool, resource }];
  });
  const [first] = fit;
  if (first === undefined) return undefined;
  if (fit.length > 1) return { tool: first.tool, among: fit.map(({ resource }) => resource) };
  return { tool: first.tool, input: inputOf(first.tool, first.resource), resource: first.resource };
};
