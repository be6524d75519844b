// Why a rule will never decide anything as things are: nothing it names, a later one that always goes before it, nothing to take back. Pure.
import type { BoundTool } from "./bound.ts";
import { atLeast } from "./effect-order.ts";
import { fits, type PolicyRule } from "./rule-match.ts";

export interface Known {
  /** Consoles too. */
  readonly tools: readonly Pick<BoundTool, "name">[];
  readonly resources: readonly { readonly id: string }[];
}

const isWider = (wide: string, narrow: string): boolean => wide === "*" || wide === narrow;

/** Whether `later` decides wherever `earlier` would. */
const covers = (later: PolicyRule, earlier: PolicyRule): boolean =>
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
  if (rule.action === "allow" && !rules.slice(0, rules.indexOf(rule)).some(({ action }) => action !== "allow"))
    return "It never decides: no rule before it asks or refuses, and what the table of effects holds or refuses no rule lifts.";
  if (resources.length > 0 && rule.target !== "*" && !resources.some(({ id }) => fits(rule.target, id))) return `It decides nothing now: nothing seen is named ${rule.target}.`;
  return undefined;
};
