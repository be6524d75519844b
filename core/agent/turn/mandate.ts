// What a person's own sentence orders, clause by clause: an act and the one thing it is done to. What is quoted, denied, asked or put under a condition orders nothing. Pure.
import type { LiveResource } from "../../contract/resource.ts";
import { partsOf } from "../../lib/tool-words.ts";
import type { BoundTool } from "../../tools/bound.ts";
import { NEGATED as NICHT, CONDITION as WENN } from "../reflex/german.ts";
import { bare, CONDITION, mayOrder, NEGATED, readIntent } from "../reflex/intent.ts";
import { FILLERS, fold, nounOf, orderOf, tokensOf } from "../reflex/lexicon.ts";
import { whatIsMeant } from "../reflex/name.ts";
import type { Verb } from "../reflex/wish.ts";
import { isShort, ownWords } from "./own-words.ts";

/** `plain`: one of the three verbs with forms of their own. `words`: of its clause. */
export interface Order {
  readonly verb: string;
  readonly plain?: { readonly verb: Verb; readonly force: boolean };
  readonly target: string;
  readonly words: readonly string[];
}

export interface Mandate {
  readonly orders: readonly Order[];
  /** Something is to be done, whether or not it is plain what. */
  readonly wantsDeed: boolean;
}

const SENTENCES = /(?<=[.!?;])\s+/;
const PARTS = /,\s*|\s+(?:and then|und dann|and|und|then|dann|or|oder)\s+/i;
const SEQUENCE = /\b(?:and then|und dann|then|dann|danach)\b/gi;
/** Words that want something put right without saying what. */
const MEND =
  /\b(?:fix|repair|mend|solve|resolve|remedy|remediate|heal|handle|deal with|sort (?:it|this|that|them)? ?out|clean ?up|tidy|free (?:up )?(?:some )?(?:space|disk|memory|room)|take care|get .{1,60} (?:working|running|going|back|up)|bring .{1,60} back|make .{1,60} (?:work|run)|update|upgrade|recover|restore|improve|remember|note that|merke?|reparier\w*|behebe?|beheben|l(?:ö|oe)se?|k(?:ü|ue)mmer\w*|r(?:ä|ae)um\w*|aktualisier\w*|bring .{1,60} in ordnung)\b/i;

/** A question that is no polite order has none. */
const clausesOf = (own: string): string[] =>
  own
    .split(SENTENCES)
    .filter((sentence) => mayOrder(sentence))
    .flatMap((sentence) => sentence.replace(/[.!?;\s]+$/, "").split(PARTS))
    .map((clause) => clause.trim())
    .filter((clause) => clause !== "");

/** What ends the naming of a thing; any other word behind a name may make another thing of it: "web1 monitoring". */
const BEHIND = new Set(
  "on from to onto at in into with as named called using because since so now again right please gracefully immediately auf von nach zu in bei mit als aus an fuer for weil bitte jetzt sofort".split(
    " ",
  ),
);

/** The thing an order is done to: the first that is named behind the verb, before any "on" or "to". */
const objectOf = (tokens: readonly string[], resources: readonly LiveResource[]): LiveResource | undefined => {
  for (const [index, token] of tokens.entries()) {
    if (BEHIND.has(token)) return undefined;
    if (FILLERS.has(token) || nounOf(token) !== undefined) continue;
    const [exact, ...others] = resources.filter(({ id, name, vmid }) => id === token || fold(name) === token || String(vmid) === token);
    const next = tokens[index + 1];
    return others.length === 0 && (next === undefined || BEHIND.has(next)) ? exact : undefined;
  }
  return undefined;
};

/** "web1's disk" is not web1. */
const OWNED = /(?<!\b(?:it|that|what|let|there|he|she|who|how))'s\b/i;

const plainOrder = (clause: string, resources: readonly LiveResource[]): Order | undefined => {
  const intent = readIntent(clause);
  if (intent.kind !== "act") return undefined;
  const whole = whatIsMeant(intent.what, resources);
  const target = whole.found === "one" ? whole.resource : whole.found === "many" ? undefined : objectOf(tokensOf(intent.what), resources);
  return target && { verb: intent.verb, plain: { verb: intent.verb, force: intent.force }, target: target.id, words: tokensOf(clause) };
};

const toolOrder = (clause: string, resources: readonly LiveResource[], verbs: ReadonlySet<string>): Order | undefined => {
  const tokens = tokensOf(bare(clause).replace(/^back(?:ing)? up\b/i, "backup"));
  const [first = "", ...rest] = tokens;
  const verb = orderOf(first);
  const target = verbs.has(verb)
    ? objectOf(
        rest.filter((token) => token !== "of" && token !== "von"),
        resources,
      )
    : undefined;
  return target && { verb, target: target.id, words: tokensOf(clause) };
};

/** What may stand beside a name that goes on an order; any word more may be another wish. */
const BESIDE_NAME = new Set("the a my our too also as well please bitte auch der die das den mein meine meinen guest vm ct container node".split(" "));

/** "and web2": the same for another, where nothing but a name is said. */
const another = (clause: string, before: Order | undefined, resources: readonly LiveResource[]): Order | undefined => {
  if (before === undefined) return undefined;
  const tokens = tokensOf(clause).filter((token) => !BESIDE_NAME.has(token));
  const target = tokens.length === 1 ? objectOf(tokens, resources) : undefined;
  return target && { ...before, target: target.id, words: [...before.words, ...tokensOf(clause)] };
};

const isDenied = (clause: string): boolean => NEGATED.test(clause) || NICHT.test(clause);
const isNone = (clause: string): boolean => isDenied(clause) || OWNED.test(clause);

const readOrders = (own: string, resources: readonly LiveResource[], verbs: ReadonlySet<string>): Order[] => {
  const orders: Order[] = [];
  let before: Order | undefined;
  for (const clause of clausesOf(own)) {
    // Whatever is taken back later was perhaps never meant.
    if (isDenied(clause) && orders.length > 0) return [];
    const made = isNone(clause) ? undefined : (plainOrder(clause, resources) ?? toolOrder(clause, resources, verbs) ?? another(clause, before, resources));
    before = made;
    if (made !== undefined) orders.push(made);
  }
  return orders;
};

/** `tools`: those there are; their verbs are the acts that can be ordered. */
export const readMandate = (message: string, resources: readonly LiveResource[], tools: readonly BoundTool[]): Mandate => {
  const own = ownWords(message);
  const verbs = new Set(tools.flatMap(({ name, effect }) => (effect === "read" ? [] : [partsOf(name).verb])));
  const isConditional = ((plain: string): boolean => CONDITION.test(plain) || WENN.test(plain))(own.replace(SEQUENCE, " "));
  const orders = own === "" || !isShort(message) || isConditional ? [] : readOrders(own, resources, verbs);
  // Only whether a person is asked at all hangs on this.
  const loose = ownWords(message, true);
  const begins = clausesOf(loose).some((clause) => readIntent(clause).kind === "act" || verbs.has(orderOf(tokensOf(bare(clause))[0] ?? "")));
  return { orders, wantsDeed: orders.length > 0 || MEND.test(loose) || begins };
};
