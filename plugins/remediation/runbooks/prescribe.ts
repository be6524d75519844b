// From a runbook to a prescription for one incident: does its trigger fit, are its slots known, does anything stand against it now. Decides; the core does, and holds it to its words. Pure but for what it is handed.
import { byText, matches, type PlannedProof, type Prescribed, type Prescription } from "jarvis";
import { hindrance } from "./checks.ts";
import { guestsFor } from "./guests.ts";
import { filledSteps, type Runbook } from "./runbook.ts";
import { fill, type Slots, slotsOf, unfitting } from "./slots.ts";

const CLASSES = { A: "act", Q: "ask", R: "report" } as const;
const LONGEST = 1000;

/** What is known beside the resources. `jobs`: replication jobs of a guest, the one that fails first. `leftOut`: guests that did not start with their node, by their place in its order. */
export interface Known {
  readonly jobOf: (vmid: number) => string | undefined;
  readonly leftOut: ReadonlyMap<number, number>;
}

const fitsKey = (pattern: string, key: string): boolean => (pattern.endsWith("*") ? key.startsWith(pattern.slice(0, -1)) : key === pattern);

/** How narrowly it is meant for this incident; undefined: not at all. */
const narrowness = ({ trigger }: Runbook, { alert, cause }: Prescribed): number | undefined => {
  if (trigger === undefined) return undefined;
  const keys = trigger.alert.filter((pattern) => fitsKey(pattern, alert.key));
  if (keys.length === 0) return undefined;
  if (trigger.cause !== undefined && !trigger.cause.includes(cause.kind)) return undefined;
  if (trigger.resource !== undefined && !matches(trigger.resource, alert.resource)) return undefined;
  return (keys.some((key) => !key.endsWith("*")) ? 4 : 0) + (trigger.cause === undefined ? 0 : 2) + (trigger.resource === undefined ? 0 : 1);
};

/** The one that is meant most narrowly; of equals the first by name, so that it is always the same. */
export const fitting = (runbooks: readonly Runbook[], about: Prescribed): Runbook | undefined => {
  const found = runbooks.flatMap((runbook) => {
    const narrow = narrowness(runbook, about);
    return narrow === undefined ? [] : [{ runbook, narrow }];
  });
  return found.sort((a, b) => b.narrow - a.narrow || byText(a.runbook.name, b.runbook.name))[0]?.runbook;
};

const proofOf = ({ verify }: Runbook, slots: Slots): PlannedProof => {
  if (verify === "alert-gone") return { by: "gone" };
  if (verify === "resource-up") return { by: "up" };
  const { tool, input, ...expect } = verify;
  return { by: "look", tool, input: Object.fromEntries(Object.entries(input).map(([key, value]) => [key, fill(value, slots)])), expect };
};

const said = (text: string | undefined, slots: Slots): string => String(fill(text ?? "", slots)).slice(0, LONGEST);

/** `hold`: why each step is asked about whatever the runbook says. */
export const prescription = (runbook: Runbook, about: Prescribed, known: Known, hold: string | undefined): Prescription => {
  const { alert, resource, standing } = about;
  const { vmid } = slotsOf(alert.resource, resource);
  const job = typeof vmid === "number" ? known.jobOf(vmid) : undefined;
  const slots = slotsOf(alert.resource, resource, job === undefined ? {} : { job });
  const isEach = runbook.target === "guests-on-it";
  const all = isEach ? guestsFor(runbook, standing, known.leftOut) : [slots];
  const lacking = (isEach ? all : [slots]).flatMap((one) => unfitting(runbook.needs, { ...slots, ...one }))[0];
  const steps = all.flatMap((one) => filledSteps(runbook.steps, { ...slots, ...one }));
  const nobody = isEach && all.length === 0 ? `none of the guests on ${slots.name ?? alert.resource} is fit for it.` : undefined;
  // What only reports has its words whatever is not known; it looks at less then.
  const reports = runbook.class === "R";
  const wait = reports ? undefined : lacking === undefined ? (nobody ?? hindrance(runbook.preconditions, about)) : `its ${lacking.name} is not known now.`;
  const compensation = runbook.compensation === "none" ? undefined : filledSteps([runbook.compensation], slots)[0];
  return {
    name: runbook.name,
    title: runbook.title,
    class: CLASSES[runbook.class ?? "R"],
    words: said(runbook.plan ?? runbook.title, slots),
    says: said(runbook.says ?? runbook.title, slots).slice(0, 300),
    effect: runbook.effect ?? "read",
    reach: isEach ? "standing" : "root",
    steps: reports && lacking !== undefined ? [] : steps.slice(0, 20),
    verify: proofOf(runbook, slots),
    deadlineSeconds: runbook.deadline * 60,
    ...(compensation === undefined ? {} : { compensation }),
    tries: { most: runbook.attempts, withinMinutes: runbook.cooldown },
    ...(hold === undefined ? {} : { hold: hold.slice(0, LONGEST) }),
    ...(wait === undefined ? {} : { wait }),
  };
};
