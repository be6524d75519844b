// What a rule names that nothing here bears: a slip of the pen, or a plugin that is not up yet. Pure; refuses nothing by itself.
import type { RuleBody } from "../contract/rule.ts";
import { didYouMean } from "../lib/nearest.ts";
import { fits } from "./rule-match.ts";
import type { Known } from "./rule-remarks.ts";

/** A part of a rule that is held against what there is; a target may be away at any time, and is remarked on only. */
export type Named = "tool" | "caller";

interface Unseen {
  readonly path: Named;
  readonly words: string;
}

const partsOf = (patterns: string): string[] => patterns.split(",").map((part) => part.trim());
const isPattern = (part: string): boolean => part.includes("*");

/** Each plain name must be there; of patterns one that fits anything is enough, for they are written together to mean alike things. */
const strayIn = (parts: readonly string[], isThere: (part: string) => boolean): string | undefined =>
  parts.find((part) => !isPattern(part) && !isThere(part)) ?? (parts.some(isThere) ? undefined : parts[0]);

/** Names, and the patterns people make of them: all of a plugin's, all of one verb. */
const nearTool = (part: string, names: readonly string[]): string => {
  if (!isPattern(part)) return didYouMean(part, names);
  const made = names.flatMap((name) => [`${name.slice(0, name.indexOf("_"))}_*`, `*_${name.slice(name.lastIndexOf("_") + 1)}`]);
  return didYouMean(part, [...new Set(made)]);
};

const DEED = /^(?:runbook|remedy):(.+)$/;
const bare = (id: string): string => id.slice(id.lastIndexOf("/") + 1);

export const unseenIn = ({ tool, caller }: RuleBody, { tools, deeds }: Known, mayBeUnseen: readonly Named[]): Unseen | undefined => {
  const names = tools.map(({ name }) => name);
  const strayTool = mayBeUnseen.includes("tool") ? undefined : strayIn(partsOf(tool), (part) => part === "*" || names.some((name) => fits(part, name)));
  if (strayTool !== undefined) return { path: "tool", words: `There is no tool named ${strayTool}.${nearTool(strayTool, names)}` };
  if (mayBeUnseen.includes("caller")) return undefined;
  const named = partsOf(caller).flatMap((part) => DEED.exec(part)?.[1] ?? []);
  const strayDeed = named.length === 0 ? undefined : strayIn(named, (part) => part === "*" || deeds.some((deed) => fits(part, deed) || fits(part, bare(deed))));
  if (strayDeed === undefined) return undefined;
  return { path: "caller", words: `There is no runbook or remedy named ${strayDeed}.${didYouMean(strayDeed, deeds.map(bare))}` };
};
