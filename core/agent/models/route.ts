// Who answers: the rules, the model of the house, or the one in the cloud; and why, in words. Pure: it sends nothing and asks nobody.
import type { Effect } from "../../contract/tool.ts";

export type Route = "reflex" | "local" | "cloud";
type ModelRoute = Exclude<Route, "reflex">;

/** What a request carries along that an operator may want kept in the house. */
export type Carried = "logs" | "notes" | "names" | "figures" | "memory";

/** How one model stands at this moment. */
export interface Standing {
  contextTokens: number;
  state: "ok" | "down" | "unknown";
  words: string;
  /** Why its day is over. */
  spent?: string | undefined;
}

export interface RouteAsked {
  /** understood: the rules know what is meant; short: a sentence they do not; long: many steps or an investigation. */
  intent: "understood" | "short" | "long";
  /** The most that is wished for, where it is known. */
  effect?: Effect | undefined;
  /** Question and answer together. */
  neededTokens: number;
  carries: readonly Carried[];
  /** What never leaves the house. */
  stays: readonly Carried[];
  /** `@local`, `@cloud` in front of the words. */
  wished?: ModelRoute | undefined;
  /** What the persona prefers. */
  preferred?: ModelRoute | undefined;
  local?: Standing | undefined;
  cloud?: Standing | undefined;
}

export interface Routed {
  route: Route;
  why: string;
  /** Who is asked if that one fails, in this order; the rules stand behind them all. */
  otherwise: readonly ModelRoute[];
}

const NAMES: Readonly<Record<ModelRoute, string>> = { local: "the local model", cloud: "the cloud model" };
const other = (route: ModelRoute): ModelRoute => (route === "local" ? "cloud" : "local");

/** Why it cannot be this one; undefined: it can. */
const barred = (route: ModelRoute, asked: RouteAsked): string | undefined => {
  const standing = asked[route];
  if (!standing) return `no ${route} model is configured`;
  if (route === "cloud") {
    const kept = asked.carries.filter((one) => asked.stays.includes(one));
    if (kept.length > 0) return `${kept.join(" and ")} never leave the house (models.stays)`;
  }
  if (standing.spent !== undefined) return standing.spent;
  if (standing.state === "down") return `${NAMES[route]} does not answer (${standing.words})`;
  if (asked.neededTokens > standing.contextTokens) return `${NAMES[route]} holds ${standing.contextTokens} tokens and ${asked.neededTokens} are needed`;
  return undefined;
};

/** Which of the two is asked first, and why. */
const firstChoice = ({ wished, preferred, intent, effect }: RouteAsked): { route: ModelRoute; why: string } => {
  if (wished) return { route: wished, why: `you asked for ${NAMES[wished]}` };
  if (preferred) return { route: preferred, why: `the persona prefers ${NAMES[preferred]}` };
  if (intent === "long") return { route: "cloud", why: "it takes many steps" };
  if (effect === "disruptive" || effect === "destructive") return { route: "cloud", why: "what disturbs the house is best understood by the larger model" };
  return { route: "local", why: "it is short, and the local model costs nothing and keeps it in the house" };
};

export const route = (asked: RouteAsked): Routed => {
  const { wished } = asked;
  if (asked.intent === "understood" && wished === undefined) return { route: "reflex", why: "the rules understand it: no model is needed", otherwise: [] };
  const first = firstChoice(asked);
  const why = barred(first.route, asked);
  const second = other(first.route);
  const whySecond = barred(second, asked);
  // Who said @local wants it kept in the house: the cloud is no way round that.
  const mayFallBack = wished !== "local" && whySecond === undefined;
  if (why === undefined) return { route: first.route, why: first.why, otherwise: mayFallBack ? [second] : [] };
  if (mayFallBack) return { route: second, why: `${why}, so ${NAMES[second]} answers`, otherwise: [] };
  if (wished === "local") return { route: "reflex", why: `${why}, and @local keeps it from the cloud: the rules answer`, otherwise: [] };
  return { route: "reflex", why: why === whySecond || !asked[second] ? `${why}: the rules answer` : `${why}, and ${whySecond ?? ""}: the rules answer`, otherwise: [] };
};
