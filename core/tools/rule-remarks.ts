// Why a rule will never decide anything as things are: nothing it names, a later one that always goes before it, nothing to take back. Pure.
import { RULE_MODES } from "../contract/rule.ts";
import type { BoundTool } from "./bound.ts";
import { atLeast } from "./effect-order.ts";
import { fits, isAboutCaller, type PolicyRule } from "./rule-match.ts";

/** `deeds`: `plugin/name` of remedies and runbooks. */
export interface Known {
  /** Consoles too. */
  readonly tools: readonly Pick<BoundTool, "name">[];
  readonly resources: readonly { readonly id: string }[];
  readonly deeds: readonly string[];
}

const isMode = ({ action }: PolicyRule): boolean => RULE_MODES.some((mode) => mode === action);
const isWider = (wide: string, narrow: string): boolean => wide === "*" || wide === narrow;

/** Modes are weighed apart from what is refused or asked about, those about a caller apart from those about a thing. */
const isOfOneSort = (a: PolicyRule, b: PolicyRule): boolean => isMode(a) === isMode(b) && (!isMode(a) || isAboutCaller(a) === isAboutCaller(b));

/** Whether `later` decides wherever `earlier` would. */
const covers = (later: PolicyRule, earlier: PolicyRule): boolean =>
  isOfOneSort(later, earlier) &&
  isWider(later.tool, earlier.tool) &&
  isWider(later.target, earlier.target) &&
  isWider(later.caller, earlier.caller) &&
  (later.when === undefined || later.when === earlier.when) &&
  (later.effect === undefined ||
    (earlier.effect !== undefined &&
      later.action === earlier.action &&
      (later.action === "allow" ? atLeast(later.effect, earlier.effect) : atLeast(earlier.effect, later.effect))));

/** `rules` in their order. Nothing known yet is no reason. */
export const remarkOn = (rule: PolicyRule, rules: readonly PolicyRule[], { tools, resources }: Known): string | undefined => {
  if (tools.length > 0 && !tools.some(({ name }) => fits(rule.tool, name))) return `It never decides: there is no tool named ${rule.tool}.`;
  const behind = rules.slice(rules.indexOf(rule) + 1).find((later) => covers(later, rule));
  if (behind !== undefined) return `It never decides: rule ${behind.id} comes after it and fits all that it fits.`;
  const before = rules.slice(0, rules.indexOf(rule));
  if (rule.action === "act" && !before.some((other) => other.action !== "act" && isOfOneSort(other, rule)))
    return "It changes nothing: no rule before it lowers how far Jarvis goes there, and none raises it above the house's own autonomy.";
  if (rule.action === "allow" && !before.some(({ action }) => action === "ask" || action === "deny"))
    return "It never decides: no rule before it asks or refuses, and what the table of effects holds or refuses no rule lifts.";
  if (resources.length > 0 && rule.target !== "*" && !resources.some(({ id }) => fits(rule.target, id))) return `It decides nothing now: nothing seen is named ${rule.target}.`;
  return undefined;
};
