// An order that is no plain start, stop or restart: the verb of a tool that changes something, first in the sentence, on one thing that is named, with every other word accounted for. Knows no tool. Pure.
import { z } from "zod";
import type { LiveResource } from "../../contract/resource.ts";
import { partsOf } from "../../lib/tool-words.ts";
import type { BoundTool } from "../../tools/bound.ts";
import { fold, KINDS, nounOf, orderOf, tokensOf } from "./lexicon.ts";
import { type Meant, whatIsMeant } from "./name.ts";
import { inputFor } from "./tool.ts";

export type Order = { tool: BoundTool; meant: Meant; input: Record<string, unknown>; missing: readonly string[] };

/** Their own forms are read elsewhere. */
const PLAIN: ReadonlySet<string> = new Set(["start", "stop", "shutdown", "restart", "reboot"]);
const TO = /^(.+?)\s+(?:over to|to|onto|nach|zu)\s+(?:the\s+)?(?:node\s+)?(\S+)$/;
/** Words that change nothing of an order. Few: what says when, how often or whether must not be among them. */
const SMALL: ReadonlySet<string> = new Set(
  "the a an my our this please now right me us for of up over bitte mal jetzt der die das den dem ein eine einen mein meine meinen von".split(" "),
);
/** What follows a noun rather than a verb: "backup of NAME" orders none. */
const NO_OBJECT: ReadonlySet<string> = new Set("of von for fuer list status logs is are was were has ist sind war job jobs failed".split(" "));
const PHRASES: readonly [RegExp, string][] = [
  [/^(?:make|take|create|do|start|run|trigger|launch|perform|kick off|erstelle|mache?) (?:me )?(?:an? |ein )?(?:new |fresh )?(?:backup|sicherung) (?:of|von|for) /, "backup "],
  [/^back ?up /, "backup "],
  [/^snapshot /, "create snapshot "],
  [/^(?:roll|wind) back /, "rollback "],
  [/^wake up /, "wake "],
];

const Shape = z.object({ properties: z.record(z.string(), z.looseObject({ type: z.string().optional() })).default({}), required: z.array(z.string()).default([]) });

interface Heard {
  readonly verb: string;
  readonly nouns: readonly string[];
  readonly name: string;
  /** What stands behind "to". */
  readonly to: string | undefined;
}

const hear = (text: string): Heard | undefined => {
  const folded = PHRASES.reduce(
    (words, [form, plain]) => words.replace(form, plain),
    fold(text)
      .replace(/[\s.!?]+$/, "")
      .trim(),
  );
  const [, before = folded, to] = TO.exec(folded) ?? [];
  const [first = "", ...rest] = tokensOf(before);
  const verb = orderOf(first);
  if (PLAIN.has(verb) || NO_OBJECT.has(rest[0] ?? "")) return undefined;
  const nouns = rest.flatMap((word) => nounOf(word) ?? []);
  const left = rest.filter((word) => nounOf(word) === undefined && !SMALL.has(word));
  return { verb, nouns, name: left.join(" "), to };
};

const isFor = (tool: BoundTool, { verb, nouns }: Heard, kind: string): boolean => {
  const own = partsOf(tool.name);
  const words = own.noun.split(" ");
  return own.verb === verb && words.every((word) => word === kind || nouns.includes(word)) && nouns.every((noun) => noun === kind || words.includes(noun));
};

/** `to` fills the one text that is still lacking: with a thing's name where it names one. */
const filled = (tool: BoundTool, resource: LiveResource, to: string | undefined, resources: readonly LiveResource[]): Pick<Order, "input" | "missing"> | undefined => {
  const shape = Shape.safeParse(z.toJSONSchema(tool.input, { io: "input", unrepresentable: "any" })).data;
  const own = inputFor(resource);
  if (shape === undefined || !Object.keys(own).some((field) => field in shape.properties)) return undefined;
  const input = Object.fromEntries(Object.entries(own).filter(([field]) => field in shape.properties));
  const lacking = shape.required.filter((field) => !(field in input));
  const [free, ...more] = lacking.filter((field) => shape.properties[field]?.type === "string");
  if (to === undefined) return { input, missing: lacking };
  if (free === undefined || more.length > 0) return undefined;
  const named = whatIsMeant(to, resources);
  if (named.found !== "one") return { input, missing: lacking };
  return { input: { ...input, [free]: named.resource.name }, missing: lacking.filter((field) => field !== free) };
};

/** An order for many at once, of any tool that changes something. */
export const isForMany = (text: string, tools: readonly BoundTool[]): boolean => {
  const [, first = ""] = /^(.+?)\s+(?:all|every|everything|each|both|alle[snr]?|jede[nrs]?)\b/.exec(fold(text).replace(/^back up /, "backup ")) ?? [];
  return first !== "" && tools.some(({ name, effect }) => effect !== "read" && partsOf(name).verb === orderOf(first));
};

/** Undefined: no tool's order, or not plainly one. */
export const readOrder = (text: string, resources: readonly LiveResource[], tools: readonly BoundTool[]): Order | undefined => {
  const heard = hear(text);
  if (heard === undefined || heard.name === "") return undefined;
  const changing = tools.filter((tool) => tool.effect !== "read" && partsOf(tool.name).verb === heard.verb);
  if (changing.length === 0) return undefined;
  const meant = whatIsMeant([...heard.nouns.filter((noun) => KINDS.has(noun)), heard.name].join(" "), resources);
  if (meant.found === "none") return undefined;
  const fit = (meant.found === "one" ? [meant.resource] : meant.resources).flatMap((resource) => {
    const tool = changing.find((one) => isFor(one, heard, resource.kind));
    const made = tool && filled(tool, resource, heard.to, resources);
    return tool && made ? [{ tool, resource, ...made }] : [];
  });
  const [first, ...others] = fit;
  if (first === undefined) return undefined;
  const { tool, resource, input, missing } = first;
  if (others.length > 0) return { tool, meant: { found: "many", resources: fit.map((one) => one.resource) }, input, missing };
  return { tool, meant: { found: "one", resource }, input, missing };
};
