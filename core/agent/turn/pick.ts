// Which few tools a question gets: by the words it has in common with their names, and the kinds of the things it names. The same intent gets the same tools in the same order, so that a prefix cache holds. Knows no tool. Pure.
import type { LiveResource } from "../../contract/resource.ts";
import { partsOf } from "../../lib/tool-words.ts";
import type { BoundTool } from "../../tools/bound.ts";
import { FILLERS, looksOf, nounOf, orderOf, tokensOf } from "../reflex/lexicon.ts";
import { toolFor } from "../reflex/tool.ts";
import type { Mandate } from "./mandate.ts";

/** Beside the turn's own two. */
const MOST = 4;
const [NOUN, VERB, KIND, WORD] = [4, 3, 2, 1];
/** What is looked at where something is amiss. */
const OF_TROUBLE: ReadonlySet<string> = new Set(["logs", "explain", "overview", "status", "audit"]);
const TROUBLE = /\b(?:why|wrong|slow|broken?|fail\w*|error\w*|crash\w*|stuck|problem\w*|hang\w*|warum|wieso|langsam|kaputt|fehler\w*)\b/i;

const isAllowed = (name: string, patterns: readonly string[] | undefined): boolean =>
  patterns === undefined || patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));

interface Heard {
  readonly nouns: ReadonlySet<string>;
  readonly verbs: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
  readonly isTrouble: boolean;
}

const hear = (text: string, named: readonly LiveResource[]): Heard => {
  const tokens = tokensOf(text);
  return {
    nouns: new Set(tokens.flatMap((token) => nounOf(token) ?? [])),
    verbs: new Set(tokens.flatMap((token) => [orderOf(token), ...(FILLERS.has(token) ? [] : looksOf(token))])),
    words: new Set(tokens.filter((token) => token.length > 2 && !FILLERS.has(token))),
    kinds: new Set(named.map(({ kind }) => kind)),
    isTrouble: TROUBLE.test(text),
  };
};

/** `wantsDeed`: only then is a tool that changes something of any use. */
const scoreOf = (tool: BoundTool, { nouns, verbs, words, kinds, isTrouble }: Heard, wantsDeed: boolean): number => {
  const { noun, verb } = partsOf(tool.name);
  const own = noun.split(" ");
  if (tool.effect !== "read" && !wantsDeed) return 0;
  const said = own.filter((word) => nouns.has(word) || words.has(word)).length;
  const isVerb = verbs.has(verb);
  const isKind = own.some((word) => kinds.has(word));
  // What changes something is offered only where its very act was said.
  if (tool.effect !== "read" && !isVerb) return 0;
  const spoken = tokensOf(tool.title).filter((word) => words.has(word)).length;
  const trouble = isTrouble && tool.effect === "read" && OF_TROUBLE.has(verb) && (isKind || own.includes("cluster")) ? VERB : 0;
  // Each word of its noun that nobody said takes it further away.
  const far = own.length - own.filter((word) => nouns.has(word) || words.has(word) || kinds.has(word)).length;
  return said * NOUN + (isVerb && (said > 0 || isKind) ? VERB : 0) + (isKind ? KIND : 0) + spoken * WORD + trouble - far;
};

const MOST_MEANT = 2;

/** The tools of what was ordered; where something shall only be put right, the one that starts again what is named. */
const meant = ({ orders, wantsDeed }: Mandate, named: readonly LiveResource[], resources: readonly LiveResource[], tools: readonly BoundTool[]): BoundTool[] => {
  const ordered = orders.flatMap(({ plain, target }) => {
    const resource = resources.find(({ id }) => id === target);
    return plain === undefined || resource === undefined ? [] : [{ verb: plain.verb, force: plain.force, resource }];
  });
  const mended =
    wantsDeed && orders.length === 0 ? named.map((resource) => ({ verb: resource.status === "up" ? ("restart" as const) : ("start" as const), force: false, resource })) : [];
  return [...new Set([...ordered, ...mended].flatMap(({ verb, force, resource }) => toolFor(verb, force, resource, tools) ?? []))].slice(0, MOST_MEANT);
};

/** `allowed`: a persona's list may only narrow. Sorted by name. */
export const pickTools = (
  text: string,
  {
    named,
    resources,
    tools,
    allowed,
    mandate,
  }: { named: readonly LiveResource[]; resources: readonly LiveResource[]; tools: readonly BoundTool[]; allowed?: readonly string[] | undefined; mandate: Mandate },
): BoundTool[] => {
  const heard = hear(text, named);
  const first = new Set(meant(mandate, named, resources, tools));
  return tools
    .filter(({ name }) => isAllowed(name, allowed))
    .map((tool) => ({ tool, score: first.has(tool) ? Number.POSITIVE_INFINITY : scoreOf(tool, heard, mandate.wantsDeed) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => (a.score === b.score ? 0 : b.score - a.score) || (a.tool.name < b.tool.name ? -1 : 1))
    .slice(0, MOST)
    .map(({ tool }) => tool)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

export { isAllowed };
