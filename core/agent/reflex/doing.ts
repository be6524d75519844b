// From an order to a call: finds the one thing and the tool, asks back where either is not plain. Acts only by the call it is handed.
import { z } from "zod";
import { ALREADY, type CallAnswer } from "../../contract/call.ts";
import type { LiveResource } from "../../contract/resource.ts";
import { plainCall } from "../../lib/plain-call.ts";
import { partsOf } from "../../lib/tool-words.ts";
import type { BoundTool } from "../../tools/bound.ts";
import { line, type Said, type View } from "./answers.ts";
import { isPronoun } from "./follow.ts";
import type { Look } from "./look.ts";
import { nearTo, whatIsMeant } from "./name.ts";
import type { Order } from "./order.ts";
import { inputFor, toolFor } from "./tool.ts";
import type { Intent, Verb } from "./wish.ts";

/** What a question back waits for. `order`: with which tool and words beside the thing, where it is none of the three verbs. */
export interface Pending {
  verb: Verb;
  force: boolean;
  among: string[];
}

/** `kind`: what was understood; `about`: the id of the one thing it was about. */
export interface Reply extends Said {
  calls: string[];
  kind: string;
  about?: string;
  verb?: Verb;
  pending?: Pending;
  /** The plugin and data of the call it tells of. */
  told?: { plugin: string; data: Record<string, unknown> };
}

const Data = z.record(z.string(), z.unknown());
const [MOST_FIELDS, LONGEST_FIELD] = [20, 200];
/** What "that" may stand for: short words and numbers, for a conversation keeps them a while. */
const toldOf = ({ plugin }: BoundTool, { data }: CallAnswer): Reply["told"] => {
  const fields = Object.entries(Data.safeParse(data).data ?? {}).filter(([, value]) => typeof value === "number" || (typeof value === "string" && value.length <= LONGEST_FIELD));
  return fields.length === 0 ? undefined : { plugin, data: Object.fromEntries(fields.slice(0, MOST_FIELDS)) };
};

export interface Caller {
  tools: () => readonly BoundTool[];
  /** Through the one pipeline, in the asker's own name. */
  call: (tool: BoundTool, input: unknown) => Promise<CallAnswer>;
}

export const answer = (kind: string, said: Said, about?: LiveResource): Reply => ({ ...said, calls: [], kind, ...(about === undefined ? {} : { about: about.id }) });
export const words = (kind: string, text: string): Reply => ({ text, evidence: [], calls: [], kind });
export const named = ({ name, id }: LiveResource): string => `${name} (${id})`;

const opening = (view: View, { state, rule }: CallAnswer): string => {
  // What is so already is no refusal.
  if (rule === ALREADY) return "";
  if (state === "succeeded") return line(view.persona, "done");
  if (state === "running") return line(view.persona, "working");
  if (state === "held") return line(view.persona, "held");
  return line(view.persona, state === "refused" ? "refused" : "failed");
};

/** A look that succeeded needs no opening: its words are the answer. */
const perform = async (view: View, hands: Caller, tool: BoundTool, input: unknown, about?: LiveResource): Promise<Reply> => {
  const result = await hands.call(tool, input);
  const warnings = result.warnings?.length ? ` Note: ${result.warnings.map((warning) => warning.replace(/[.\s]+$/, "")).join("; ")}.` : "";
  const fields = toldOf(tool, result);
  const head = tool.effect === "read" && result.state === "succeeded" ? "" : opening(view, result);
  const told = result.state === "succeeded" ? result.text : plainCall(result.text, { tool: tool.name, callerId: "" }, (id) => view.resources.find((one) => one.id === id)?.name);
  return {
    text: `${head} ${told}${warnings}`.trim(),
    evidence: [{ claim: `${tool.title}: ${result.state}`, source: `journal ${result.callId}` }],
    calls: [result.callId],
    kind: tool.effect === "read" ? "look" : "act",
    ...(fields === undefined ? {} : { told: fields }),
    ...(about === undefined ? {} : { about: about.id }),
  };
};

const nameless = (view: View, what: string): Reply => words("ask-back", `${line(view.persona, "unsure")} I do not know what "${what}" stands for here; name it.`);
const several = (view: View, resources: readonly LiveResource[]): string => `${line(view.persona, "unsure")} ${resources.map(named).join(", ")}.`;

/** Answers about the one thing that is meant, or asks which. */
export const about = (view: View, kind: string, what: string, tell: (view: View, resource: LiveResource) => Said): Reply => {
  if (isPronoun(what) || what === "") return nameless(view, what);
  const whole = whatIsMeant(what, view.resources);
  // "how much memory does orchid use": the one thing the words name.
  const meant = whole.found === "none" ? wordThatNamesOne(what.split(/\s+/), view.resources) : whole;
  if (meant.found === "one") return answer(kind, tell(view, meant.resource), meant.resource);
  // Of two of a name only the one that stopped can have a why.
  const [down, ...others] = kind === "why" && meant.found === "many" ? meant.resources.filter(({ status }) => status !== "up") : [];
  if (down && others.length === 0) return answer(kind, tell(view, down), down);
  if (meant.found === "many") return words("ask-back", several(view, meant.resources));
  return words("unknown-name", `I know nothing called "${what.slice(0, 80)}".${nearTo(what, view.resources)}`);
};

export const wordThatNamesOne = (said: readonly string[], resources: View["resources"]): ReturnType<typeof whatIsMeant> => {
  const found = said.map((word) => whatIsMeant(word, resources)).filter((meant) => meant.found === "one");
  const [first] = found;
  return first && found.every(({ resource }) => resource.id === first.resource.id) ? first : { found: "none" };
};

export const actOn = async (view: View, hands: Caller, intent: { verb: Verb; force: boolean }, resource: LiveResource): Promise<Reply> => {
  const tool = toolFor(intent.verb, intent.force, resource, hands.tools());
  const made = tool ? await perform(view, hands, tool, inputFor(resource), resource) : words("no-tool", `I have no tool to ${intent.verb} ${named(resource)}.`);
  return { ...made, about: resource.id, verb: intent.verb };
};

export const act = (view: View, hands: Caller, intent: Extract<Intent, { kind: "act" }>): Promise<Reply> | Reply => {
  if (/\b(?:and|all|every|everything|both|each|und|alle[srn]?|beide|jede[nrs]?)\b|,/i.test(intent.what))
    return words("ask-back", `One at a time, please: name a single thing to ${intent.verb}.`);
  if (intent.what === "") return words("ask-back", `What shall I ${intent.verb}? Say it with its name.`);
  if (isPronoun(intent.what)) return nameless(view, intent.what);
  const meant = whatIsMeant(intent.what, view.resources);
  if (meant.found === "one") return actOn(view, hands, intent, meant.resource);
  if (meant.found === "none") return words("unknown-name", `I know nothing called "${intent.what.slice(0, 80)}", so I did nothing.${nearTo(intent.what, view.resources)}`);
  return { ...words("ask-back", several(view, meant.resources)), pending: { verb: intent.verb, force: intent.force, among: meant.resources.map(({ id }) => id) } };
};

/** An order that is not quite plain, about one thing. Undefined: it names none. */
export const shallI = (view: View, { verb, what }: { verb: Verb; what: string }): Reply | undefined => {
  const meant = whatIsMeant(what, view.resources);
  if (meant.found !== "one") return undefined;
  return {
    ...words("ask-back", `Shall I ${verb} ${named(meant.resource)}? Say yes, and I do.`),
    about: meant.resource.id,
    pending: { verb, force: false, among: [meant.resource.id] },
  };
};

export const lookAt = async (view: View, hands: Caller, look: Look): Promise<Reply> => {
  if ("among" in look) return words("ask-back", several(view, look.among));
  return perform(view, hands, look.tool, look.input, look.resource);
};

const verbOf = (tool: BoundTool): string => partsOf(tool.name).verb;

export const carryOut = async (view: View, hands: Caller, { tool, meant, input, missing }: Order): Promise<Reply> => {
  if (meant.found === "none") return words("ask-back", `${tool.title}: say on what.`);
  if (meant.found === "many") return words("ask-back", several(view, meant.resources));
  const { resource } = meant;
  if (missing.length > 0) return { ...words("ask-back", `To ${verbOf(tool)} ${named(resource)} I still need: ${missing.join(" and ")}.`), about: resource.id };
  return perform(view, hands, tool, input, resource);
};

export const spokenBy = async (view: View, hands: Caller, spoken: { tool: BoundTool; input: unknown; missing: readonly string[] }): Promise<Reply> =>
  spoken.missing.length > 0 ? words("ask-back", `${spoken.tool.title}: I still need ${spoken.missing.join(" and ")}.`) : perform(view, hands, spoken.tool, spoken.input);

const YES =
  /^(?:yes|yep|yeah|yup|y|ja|jo|jawohl|klar|sure|ok(?:ay)?|do it|go ahead|please do|mach das|mach es|tu es)(?:[\s,]+(?:please|bitte|do|do it|jarvis|mach das|go ahead))*[\s.!]*$/i;
const NO =
  /^(?:no|nope|nah|n|nein|nee|never ?mind|cancel|forget it|leave it|stop|don'?t|do not|vergiss es|lass es|lieber nicht|abbrechen)(?:[\s,]+(?:please|bitte|thanks|thank you|danke|it|don'?t|do not|leave it|jarvis))*[\s.!]*$/i;
export const isYes = (text: string): boolean => YES.test(text.trim());
/** One of the two words alone. */
export const isBareWord = (text: string): boolean => /^(?:yes|no|yep|nope|yeah|ja|nein|nee)[\s.!]*$/i.test(text.trim());
export const isNo = (text: string): boolean => NO.test(text.trim().replace(/[’‘]/g, "'"));

const PLACES: readonly RegExp[] = [
  /^(?:the )?(?:first|1st)(?: one)?$|^(?:der|die|das) erste$/i,
  /^(?:the )?(?:second|2nd)(?: one)?$|^(?:der|die|das) zweite$/i,
  /^(?:the )?(?:third|3rd)(?: one)?$|^(?:der|die|das) dritte$/i,
];
const KIND = /^(?:the |der |die |das |den )?(guest|vm|ct|container|node|storage|service|gast|knoten)(?: one)?$/i;

/** The one of those asked about that an answer names: by its name, its place or its kind. */
const chosen = (text: string, among: readonly LiveResource[]): LiveResource | undefined => {
  const said = text.trim().replace(/[\s.!?]+$/, "");
  const place = PLACES.findIndex((form) => form.test(said));
  if (place >= 0) return among[place];
  const kind = KIND.exec(said)?.[1]?.toLowerCase();
  const ofKind = kind === undefined ? [] : among.filter((one) => one.kind === ({ vm: "guest", ct: "guest", gast: "guest", knoten: "node" }[kind] ?? kind));
  if (ofKind.length === 1) return ofKind[0];
  const meant = whatIsMeant(said, among);
  return meant.found === "one" ? meant.resource : undefined;
};

/** Undefined: it is no answer to that question. */
export const settlePending = (view: View, hands: Caller, pending: Pending, text: string): Promise<Reply> | Reply | undefined => {
  const among = pending.among.flatMap((id) => view.resources.filter((resource) => resource.id === id));
  if (isNo(text)) return words("not-act", "As you wish: nothing is done.");
  const [only, ...others] = among;
  if (only && others.length === 0) return isYes(text) ? actOn(view, hands, pending, only) : undefined;
  // "web1?" asks about one of them.
  const one = text.trim().endsWith("?") ? undefined : chosen(text, among);
  return one && actOn(view, hands, pending, one);
};
