// Holds a prescription to its words before anything of it is done, and reads from the journal how far it has come. Pure: no I/O, no clock.
import { type Call, wasSent } from "../contract/call.ts";
import type { Incident } from "../contract/incident.ts";
import type { PlannedProof, PlannedStep, Prescription } from "../contract/remedy.ts";
import { ResourceId } from "../contract/resource.ts";
import type { Effect } from "../contract/tool.ts";
import { EFFECTS_UP } from "../tools/effect-order.ts";
import type { Plan, ToolAt } from "./bound.ts";
import type { NextTry } from "./remedy.ts";

const MINUTE_MS = 60_000;
const above = (a: Effect, b: Effect): boolean => EFFECTS_UP.indexOf(a) > EFFECTS_UP.indexOf(b);

/** What a step is on, as far as its arguments alone tell: the tool's own word, else the one resource id among them. */
export const targetOf = ({ input }: PlannedStep, known: Pick<ToolAt, "target">): string | undefined => {
  const named = Object.values(input).filter((value): value is string => ResourceId.safeParse(value).success);
  return known.target ?? (named.length === 1 ? named[0] : undefined);
};

interface House {
  toolAt: (tool: string, input: unknown) => ToolAt | undefined;
  /** The incident's resource, and what stands on it. */
  root: string;
  standing: readonly string[];
}

const refusalOf = (plan: Pick<Prescription, "effect" | "reach">, step: PlannedStep, known: ToolAt, { root, standing }: House): string | undefined => {
  if (known.wrong !== undefined) return `its step ${step.tool} does not fit (${known.wrong})`;
  if (above(known.effect, plan.effect)) return `its step ${step.tool} is ${known.effect}, and it says that it is no more than ${plan.effect}`;
  if (known.effect === "read") return undefined;
  const target = targetOf(step, known);
  if (target === undefined) return `its step ${step.tool} does not say what it would touch`;
  if (target === root || (plan.reach === "standing" && standing.includes(target))) return undefined;
  return `its step ${step.tool} would touch ${target}, and this is about ${root}`;
};

/** `waits`: a tool that is not there now. `refused`: why it is not done at all. */
export const vet = (plan: Plan, house: House): { changes: boolean } | { waits: string } | { refused: string } => {
  const { steps, verify, compensation } = plan;
  const all = [...steps, ...(compensation === undefined ? [] : [compensation])];
  const lacking = [...all, ...(verify.by === "look" ? [verify] : [])].find(({ tool, input }) => house.toolAt(tool, input) === undefined);
  if (lacking !== undefined) return { waits: lacking.tool };
  for (const step of all) {
    const known = house.toolAt(step.tool, step.input);
    const no = known === undefined ? undefined : refusalOf(plan, step, known, house);
    if (no !== undefined) return { refused: no };
  }
  if (verify.by === "look") {
    const known = house.toolAt(verify.tool, verify.input);
    if (known?.effect !== "read") return { refused: `it would be proved by ${verify.tool}, which does not only look` };
    if (known.wrong !== undefined) return { refused: `its proof by ${verify.tool} does not fit (${known.wrong})` };
  }
  const changes = steps.some(({ tool, input }) => house.toolAt(tool, input)?.effect !== "read");
  if (plan.class === "report" && changes) return { refused: "it only reports, and has a step that changes something" };
  return { changes };
};

/** What the pipeline holds the steps to: those that change something, and what they are on. */
export const termsOf = ({ id, steps, compensation }: Plan, toolAt: House["toolAt"]): NonNullable<Incident["prescribed"]> => {
  const acts = [...steps, ...(compensation === undefined ? [] : [compensation])].flatMap((step) => {
    const known = toolAt(step.tool, step.input);
    const target = known === undefined || known.effect === "read" ? undefined : targetOf(step, known);
    return target === undefined ? [] : [{ tool: step.tool, target }];
  });
  return { by: id, tools: [...new Set(acts.map(({ tool }) => tool))], targets: [...new Set(acts.map(({ target }) => target))] };
};

const isOf = (call: Call, { tool, input }: PlannedStep, toolAt: House["toolAt"]): boolean => {
  const known = toolAt(tool, input);
  return call.tool === tool && known !== undefined && call.target === targetOf({ tool, input }, known);
};

interface Done {
  readonly done: number;
  readonly rounds: number;
  /** Those that are done in the round under way. */
  readonly worked: ReadonlySet<PlannedStep>;
}

/**
 * How many of the steps that change something are done in the round under way; a round that was done whole is over. `calls`: those of this plan for this incident, oldest first.
 * `apart`: each is its own matter, done or not whatever became of the others.
 */
export const doneOf = (calls: readonly Call[], steps: readonly PlannedStep[], toolAt: House["toolAt"], apart = false): Done => {
  let [worked, rounds] = [new Set<PlannedStep>(), 0];
  for (const call of calls) {
    const due = apart ? steps.filter((step) => !worked.has(step)) : steps.slice(worked.size, worked.size + 1);
    const step = call.state === "succeeded" ? due.find((one) => isOf(call, one, toolAt)) : undefined;
    if (step === undefined) continue;
    worked.add(step);
    if (worked.size < steps.length) continue;
    [worked, rounds] = [new Set(), rounds + 1];
  }
  return { done: worked.size, rounds, worked };
};

/** When a step may be made again. `calls`: all on its target. Restart-proof since they come from the journal. */
export const nextTurn = (plan: Pick<Plan, "id" | "tries">, step: PlannedStep, calls: readonly Call[], nowMs: number): NextTry => {
  const { most, withinMinutes } = plan.tries;
  const times = calls
    .filter((call) => call.caller.id === plan.id && call.tool === step.tool && wasSent(call.state))
    .map((call) => Date.parse(call.createdAt))
    .filter((at) => at > nowMs - withinMinutes * MINUTE_MS);
  if (times.length >= most) return { when: "never", tried: times.length };
  const last = Math.max(...times);
  const gapMs = ([0, 5, 15][times.length] ?? 15) * MINUTE_MS;
  return times.length === 0 || nowMs >= last + gapMs ? { when: "now" } : { when: "later", atMs: last + gapMs, tried: times.length };
};

const found = (data: unknown, at: string): unknown =>
  at.split(".").reduce<unknown>((value, key) => (typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined), data);

/** What a look must have found; what it did not tell at all proves nothing. */
export const isAsExpected = (data: unknown, { at, is, not, most, least }: Extract<PlannedProof, { by: "look" }>["expect"]): boolean => {
  const value = found(data, at);
  if (value === undefined) return false;
  if (is !== undefined && value !== is) return false;
  if (not !== undefined && value === not) return false;
  if (most !== undefined && !(typeof value === "number" && value <= most)) return false;
  return least === undefined || (typeof value === "number" && value >= least);
};
