// Raises a call's effect for what its arguments or the facts add (reliability F1). Effects only go up. Pure.

import type { Effect, Preflight } from "../contract/tool.ts";
import { EFFECTS_UP } from "./effect-order.ts";

const FORCING = /^(force(stop)?|skip[-_]?lock)$/i;
const isOn = (value: unknown): boolean => value === true || value === 1 || value === "1" || value === "true";

const forces = (input: unknown): boolean => typeof input === "object" && input !== null && Object.entries(input).some(([key, value]) => FORCING.test(key) && isOn(value));

const raise = (a: Effect, b: Effect): Effect => (EFFECTS_UP.indexOf(b) > EFFECTS_UP.indexOf(a) ? b : a);

interface Subject {
  readonly effect: Effect;
  readonly input: unknown;
  /** Absent before the facts are read. */
  readonly facts: Preflight | undefined;
  readonly unasked: boolean;
  /** How many others cannot do without the target. */
  readonly needed?: number | undefined;
  /** What it may lose could not be brought back. */
  readonly unbacked?: boolean;
}

/** From so many on the target is no single thing any more (reliability F1: a database of two services, a resolver, a router). */
const MANY_NEED = 2;

const oneUp = (effect: Effect): Effect => EFFECTS_UP[EFFECTS_UP.indexOf(effect) + 1] ?? effect;

/**
 * force and skip-lock: destructive for everyone. More than one target: one up. Managed by HA, or needed by two others, and disruptive: a person decides
 * instead of Jarvis. No good backup of what it may lose: one up for Jarvis.
 */
export const escalate = ({ effect, input, facts, unasked, needed = 0, unbacked = false }: Subject): Effect => {
  if (effect === "read") return effect;
  let raised: Effect = effect;
  if (forces(input)) raised = raise(raised, "destructive");
  if (facts?.touches !== undefined && facts.touches.length > 0) raised = raise(raised, "disruptive");
  if (unasked && facts?.ha?.managed === true && raised === "disruptive") raised = "destructive";
  if (unasked && needed >= MANY_NEED && raised === "disruptive") raised = "destructive";
  return unasked && unbacked ? oneUp(raised) : raised;
};
