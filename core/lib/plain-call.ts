// Words about a call as a person reads them: names for ids, verbs for tools' names, the runbook for its plan's id. What a person can use stays: INC-..., ask-..., call-..., and ids nobody has a name for. Pure.
import { plainRule } from "./rule-words.ts";
import { partsOf } from "./tool-words.ts";

const ID = /(?<![\w(/.-])(?:node|guest|container|storage|service)\/[a-z0-9][a-z0-9._@-]*(?:\/[a-z0-9][a-z0-9._@-]*)*/g;
const RULE = /^Rule \S+ \(/;
const RUNBOOK = "service/runbook/";

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

/** What nobody has a name for, or has no more. */
export const nameless = (id: string): string => (id.startsWith(RUNBOOK) ? `the runbook ${id.slice(RUNBOOK.length)}` : id);

/** `nameOf`: undefined for what it does not know. `tool`, `callerId`: of the call. */
export const plainCall = (text: string, { tool, callerId }: { tool: string; callerId: string }, nameOf: (id: string) => string | undefined): string => {
  const [plugin = ""] = tool.split("_");
  const [owner = "", plan] = callerId.split("/");
  // A rule's own wording is put into verbs before its ids are.
  const ruled = RULE.test(text) ? plainRule(text, nameOf) : text;
  const named = ruled.replace(ID, (id) => {
    const bare = id.replace(/[.]+$/, "");
    const rest = id.slice(bare.length);
    return `${(bare.startsWith(RUNBOOK) ? undefined : nameOf(bare)) ?? nameless(bare)}${rest}`;
  });
  const spoken = named
    .replace(new RegExp(`(?<![\\w-])${escaped(plugin)}(?:_[a-z0-9]+)+( on )?`, "g"), (name, on: string | undefined) => {
      const { noun, verb } = partsOf(name.replace(/ on $/, ""));
      return on === undefined ? `${noun} ${verb}`.trim() : `the ${verb} of `;
    })
    .replace(/\b([^\s()]+) \(\1\)/g, "$1");
  return plan === undefined ? spoken : spoken.replace(new RegExp(`(?<![\\w/])${escaped(owner)}/(?=[a-z0-9])`, "g"), "the runbook ");
};

/** Tools' names in words that were not written about one call: each of `tools` as what it does. */
export const withoutTools = (text: string, tools: Iterable<string>): string => {
  let told = text;
  for (const tool of tools) {
    const { noun, verb } = partsOf(tool);
    if (told.includes(tool)) told = told.replaceAll(tool, `${noun} ${verb}`.trim());
  }
  return told;
};

/** One line of at most `most` characters, cut between two words and seen to be cut; without the point it ends in. */
export const clause = (text: string, most: number): string => {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= most) return line.replace(/[.\s]+$/, "");
  const cut = line.slice(0, most);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), most - 80))}…`;
};
