// What is down, and what runs on what: from the things that are known, without asking anybody. Also reads the question. Pure.
import type { LiveResource } from "../../contract/resource.ts";
import type { Said, View } from "./answers.ts";
import { fold, nounOf } from "./lexicon.ts";
import { sightWords } from "./sight.ts";
import type { Intent } from "./wish.ts";

type Kind = LiveResource["kind"];
const MOST_NAMED = 20;

const NOUN = "(?<noun>[a-z]+)";
const OFF = "(?:down|off|stopped|offline|dead|not (?:running|up|online|started)|out)";
const DOWN: readonly RegExp[] = [
  new RegExp(`^(?:what|which|who|show me what|tell me what|show me everything that|everything that)(?: ${NOUN})? (?:is|are)(?: currently| now)? ${OFF}$`),
  new RegExp(`^(?:list|show|show me|give me)? ?(?:all |the )*(?:stopped|offline|dead)(?: ${NOUN})?$`),
  new RegExp(`^(?:are|is) (?:all|any|every|any of)(?: my| the| of the| our)? ${NOUN} (?:up|online|running|alive|${OFF.slice(3, -1)})$`),
  /^(?:is )?(?:anything|something) (?:down|off|stopped|offline)$/,
  new RegExp(`^(?:zeig(?:e)?|liste|list) (?:mir )?(?:alle |die )*(?:gestoppte[nrs]?|ausgeschaltete[nrs]?) ${NOUN}$`),
  /^what(?:'s|s) (?:down|off|stopped|offline|not running)$/,
  new RegExp(`^(?:was|welche[rs]?)(?: ${NOUN})? (?:ist|sind|laeuft|laufen|steht)(?: gerade| denn)? (?:aus|nicht|gestoppt|offline|still|down|unten)$`),
  new RegExp(`^how many(?: of (?:the|my))? ${NOUN} (?:are (?:there|up|running|online|down|stopped|off)|run|do (?:i|we|you) (?:have|see|know)|have i)$`),
  new RegExp(`^(?:status|state|health) of (?:all |the |my )*${NOUN}$`),
  new RegExp(`^how are (?:all |the |my )*${NOUN}(?: doing| looking)?$`),
  new RegExp(`^wie ?viele ${NOUN} (?:gibt es|laufen|habe ich|haben wir|sind (?:an|aus|online|da))$`),
  new RegExp(`^(?:laufen|sind) alle ${NOUN}(?: (?:an|online|oben))?$`),
];
const ON: readonly RegExp[] = [
  new RegExp(
    `^(?:what|which|list|show me what|tell me what)(?: (?:the )?${NOUN})? (?:runs?|is running|are running|lives?|is|are|sits) (?:on|in|at)(?: the)?(?: node| host)? (?<what>.+)$`,
  ),
  new RegExp(`^(?:list |show |show me )?(?:the |all )*${NOUN} (?:running )?on (?:the )?(?:node )?(?<what>.+)$`),
  new RegExp(`^(?:was|welche[rs]?)(?: ${NOUN})? (?:laeuft|laufen|liegt|liegen|ist|sind) (?:alles )?auf (?:dem )?(?:knoten )?(?<what>.+)$`),
];

const KINDS: Readonly<Record<string, Kind>> = { guest: "guest", container: "container", node: "node", storage: "storage", service: "service" };
const kindOf = (noun: string | undefined): Kind | undefined => (noun === undefined ? undefined : KINDS[nounOf(noun) ?? noun]);

/** Undefined also where it names no kind of thing. */
export const readStanding = (text: string): Intent | undefined => {
  const words = fold(text.trim())
    .replace(/[\s.!?]+$/, "")
    .replace(/\s+/g, " ");
  const down = DOWN.map((form) => form.exec(words)).find((found) => found !== null);
  if (down) {
    const noun = down.groups?.noun;
    const kind = kindOf(noun);
    if (noun === undefined || kind !== undefined) return { kind: "down", ...(kind === undefined ? {} : { of: kind }) };
  }
  const groups = ON.map((form) => form.exec(words)?.groups).find((found) => found !== undefined && (found.noun === undefined || kindOf(found.noun) !== undefined));
  if (groups?.what === undefined || /^(?:it|fire|mind|here|earth)$/.test(groups.what)) return undefined;
  const kind = kindOf(groups.noun);
  return { kind: "on", what: groups.what, ...(kind === undefined ? {} : { of: kind }) };
};

const told = (resources: readonly LiveResource[]): string => {
  const names = resources.slice(0, MOST_NAMED).map(({ name, id, status, labels }) => `${name} (${id}${status === "up" ? "" : `, ${labels?.state ?? status}`})`);
  return `${names.join(", ")}${resources.length > MOST_NAMED ? ` and ${resources.length - MOST_NAMED} more` : ""}`;
};
const evidence = (resources: readonly LiveResource[]): Said["evidence"] =>
  resources.slice(0, MOST_NAMED).map(({ id, name, status, at }) => ({ claim: `${name} is ${status}`, source: `core/resources ${id}`, at }));

const plural = (kind: Kind | undefined, count: number): string => `${kind ?? "thing"}${count === 1 ? "" : "s"}`;

export const downSaid = (view: View, of: Kind | undefined): Said => {
  const all = view.resources.filter(({ kind, template }) => template !== true && (of === undefined || kind === of));
  const down = all.filter(({ status }) => status !== "up" && status !== "unknown");
  const dark = all.filter(({ status }) => status === "unknown");
  const unseen = sightWords(view);
  const seen = all.length - dark.length;
  const ups = seen === 0 ? "" : `All ${seen} ${plural(of, seen)} that I ${dark.length === 0 ? "know of" : "can see"} are up.`;
  const downs = `${down.length} of ${all.length} ${plural(of, all.length)} ${down.length === 1 ? "is" : "are"} not up: ${told(down)}.`;
  const head = all.length === 0 ? `I know of no ${plural(of, 2)}.` : down.length === 0 ? ups : downs;
  const hidden = dark.length === 0 ? "" : `${dark.length} of ${all.length} ${dark.length === 1 ? "is" : "are"} out of sight: ${told(dark)}.`;
  return { text: [head, hidden, unseen].filter(Boolean).join(" "), evidence: evidence([...down, ...dark]) };
};

export const onSaid = (view: View, carrier: LiveResource, of: Kind | undefined): Said => {
  const all = view.resources.filter(({ parent, kind, template }) => parent === carrier.id && template !== true && (of === undefined ? kind !== "storage" : kind === of));
  if (all.length === 0) return { text: `I know of ${of === undefined ? "nothing" : `no ${of}`} that runs on ${carrier.name} (${carrier.id}).`, evidence: [] };
  const up = all.filter(({ status }) => status === "up").length;
  const old = carrier.stale ? " That is the last I know." : "";
  return { text: `On ${carrier.name} (${carrier.id}): ${told(all)}. ${up} of ${all.length} up.${old}`, evidence: evidence(all) };
};
