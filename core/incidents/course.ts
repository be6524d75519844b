// Takes an incident through a prescription: step by step, each an ordinary call, then looks twice whether it helped, and once takes back what did not. It decides from the journal how far it is; a restart loses no step.

import type { Call } from "../contract/call.ts";
import type { Cause } from "../contract/cause.ts";
import type { IncidentDetail } from "../contract/incident.ts";
import { byText } from "../contract/order.ts";
import type { PlannedStep } from "../contract/remedy.ts";
import type { OpenAlert } from "../state/alerts.ts";
import type { Plan } from "./bound.ts";
import type { NewEntry } from "./feed.ts";
import type { TrackParts } from "./parts.ts";
import { doneOf, isAsExpected, nextTurn, targetOf, termsOf, vet } from "./plan.ts";
import * as words from "./words.ts";

/** Two looks that both found it well are so far apart. */
const APART_MS = 5000;
/** How often it is looked whether it helped; the alert's own channel may be dear to read. */
const [LOOK_MS, GONE_MS] = [10_000, 30_000];
const LONGEST_LOOK = 2000;

/** One call that is to be made for an incident. `why`: said to who is asked. */
export interface Deed extends Pick<PlannedStep, "tool"> {
  readonly input: unknown;
  readonly by: "remedy" | "runbook";
  readonly id: string;
  readonly title: string;
  readonly says: string;
  readonly why: string;
  readonly hold?: string;
  /** One of several, each its own matter: that it may not be done says nothing of the others. */
  readonly isOfMany?: boolean;
}

/** What came of a call. `refused`: nothing was sent, or how it ended is not known. */
export type Came = "worked" | "failed" | "refused" | "held";

export interface Hands {
  later(id: string, ms: number): void;
  seldomer(id: string): void;
  sayOnce(incident: IncidentDetail, key: string, kind: "held" | "failed" | "notice" | "left-alone", text: string): void;
  tellOnce(incident: IncidentDetail, key: string, entry: Pick<NewEntry, "kind" | "words">): void;
  escalate(incident: IncidentDetail, key: string, text: string): void;
  step(alert: OpenAlert, incident: IncidentDetail, deed: Deed): Promise<Came>;
}

/** What was last begun for an incident; `rounds`: done whole before that. */
interface Taken {
  readonly plan: Plan;
  readonly rounds: number;
  sinceMs?: number;
  provedMs?: number;
  isTold?: boolean;
}

export const createCourse = (parts: TrackParts, hands: Hands) => {
  const { clock, records } = parts;
  const taken = new Map<string, Taken>();
  /** When an incident's alert was first missing. */
  const gone = new Map<string, number>();

  const changing = ({ steps }: Plan): PlannedStep[] => steps.filter(({ tool, input }) => parts.toolAt(tool, input)?.effect !== "read");
  const callsOn = (step: PlannedStep): readonly Call[] => {
    const target = targetOf(step, parts.toolAt(step.tool, step.input) ?? { target: undefined });
    return target === undefined ? [] : parts.callsOn(target);
  };
  const progress = (incident: IncidentDetail, plan: Plan) => {
    const steps = changing(plan);
    const own = new Map(steps.flatMap(callsOn).map((call) => [call.callId, call]));
    const calls = [...own.values()].filter((call) => call.incident === incident.id && call.caller.id === plan.id);
    return doneOf(
      // The journal tells the newest first; of equal times the later told is the earlier.
      calls.reverse().sort((a, b) => byText(a.createdAt, b.createdAt)),
      steps,
      parts.toolAt,
      plan.reach === "standing",
    );
  };

  const look = async (incident: IncidentDetail, plan: Plan, { tool, input }: PlannedStep) =>
    parts.call({ tool, arguments: input, by: "runbook", remedy: plan.id, incident: incident.id });

  /** A step that only looks: what it tells is part of the record. */
  const read = async (incident: IncidentDetail, plan: Plan, step: PlannedStep): Promise<boolean> => {
    const { state, text } = await look(incident, plan, step);
    records.note(incident.id, "note", words.looked(step.tool, text).slice(0, LONGEST_LOOK));
    return state === "succeeded";
  };

  const deedOf = (plan: Plan, { tool, input }: PlannedStep, cause: Cause): Deed => {
    const hold = plan.hold ?? (plan.class === "ask" ? plan.words : cause.propose ? cause.words : undefined);
    const why = plan.hold ?? (plan.class === "ask" ? plan.words : cause.words);
    return { tool, input, by: "runbook", id: plan.id, title: plan.title, says: plan.says, why, isOfMany: plan.reach === "standing", ...(hold === undefined ? {} : { hold }) };
  };

  /** At most once an incident; whatever may not be done is not done because something else failed. */
  const takeBack = async (alert: OpenAlert, incident: IncidentDetail, plan: Plan, cause: Cause): Promise<void> => {
    const step = plan.compensation;
    if (step === undefined || callsOn(step).some((call) => call.incident === incident.id && call.caller.id === plan.id && call.tool === step.tool)) return;
    await hands.step(alert, incident, { ...deedOf(plan, step, cause), says: words.undoing(plan, incident.name) });
  };

  const isFit = (incident: IncidentDetail, plan: Plan): boolean => {
    const verdict = vet(plan, { toolAt: parts.toolAt, root: incident.resource, standing: parts.victimsOf(incident.resource) });
    if ("changes" in verdict) return true;
    const text = "waits" in verdict ? words.lacks(plan, verdict.waits) : words.unfit(plan, verdict.refused);
    hands.seldomer(incident.id);
    if (incident.status !== "escalated" || incident.words !== text) records.note(incident.id, "report", text, { status: "escalated", words: text });
    hands.tellOnce(incident, `unfit:${text}`, { kind: "notice", words: text });
    return false;
  };

  /** Whether the step that is due may be made now: the first of a round, or one that failed before. */
  const mayBegin = (incident: IncidentDetail, plan: Plan, due: PlannedStep | undefined): boolean => {
    if (due === undefined) return true;
    const next = nextTurn(plan, due, callsOn(due), clock.now());
    if (next.when === "never") {
      hands.later(incident.id, LOOK_MS);
      hands.escalate(incident, "tries", words.planEnded(plan, incident.name, next.tried));
    }
    // A gap binds what Jarvis does unasked; a person who is asked may decide at once.
    if (next.when !== "later" || plan.class === "ask") return next.when !== "never";
    hands.later(incident.id, next.atMs - clock.now());
    hands.sayOnce(incident, `gap:${next.tried}`, "notice", words.waits(incident.name, next.tried, next.atMs));
    return false;
  };

  const isProved = async ({ plan }: Taken, incident: IncidentDetail): Promise<boolean> => {
    const { verify } = plan;
    if (verify.by === "gone") return false;
    if (verify.by === "up") return parts.isUp(incident.resource);
    const answer = await look(incident, plan, verify);
    return answer.state === "succeeded" && isAsExpected(answer.data, verify.expect);
  };

  const fail = async (alert: OpenAlert, incident: IncidentDetail, { plan }: Taken): Promise<void> => {
    taken.delete(incident.id);
    const text = words.unproved(plan, incident.name);
    records.note(incident.id, "acted", text, { status: "open", words: text });
    hands.tellOnce(incident, `unproved:${clock.iso()}`, { kind: "failed", words: text });
    await takeBack(alert, incident, plan, incident.cause);
  };

  /** True while what was done is still being looked at. */
  const prove = async (alert: OpenAlert, incident: IncidentDetail): Promise<boolean> => {
    gone.delete(incident.id);
    const known = taken.get(incident.id);
    if (known === undefined) return false;
    const { done, rounds } = progress(incident, known.plan);
    if (done > 0 || rounds <= known.rounds) return false;
    const now = clock.now();
    known.sinceMs ??= now;
    if (incident.status === "acting" || incident.status === "open") records.note(incident.id, "verifying", words.looksAgain(incident.name), { status: "verifying" });
    if (!(await isProved(known, incident))) delete known.provedMs;
    else known.provedMs ??= now;
    const isTwice = known.provedMs !== undefined && now - known.provedMs >= APART_MS;
    if (isTwice && !known.isTold) records.note(incident.id, "verifying", words.provedTwice(incident.name), { words: words.provedTwice(incident.name) });
    if (isTwice) known.isTold = true;
    if (now - known.sinceMs > known.plan.deadlineSeconds * 1000) await fail(alert, incident, known);
    else {
      hands.later(incident.id, known.plan.verify.by === "gone" || known.isTold ? GONE_MS : LOOK_MS);
      void parts.refresh(alert.channel);
    }
    return true;
  };

  const take = async (alert: OpenAlert, incident: IncidentDetail, plan: Plan, cause: Cause): Promise<void> => {
    if (plan.wait !== undefined) {
      hands.seldomer(incident.id);
      return hands.sayOnce(incident, `wait:${plan.wait}`, "notice", words.notYet(plan, plan.wait));
    }
    if (!isFit(incident, plan)) return;
    const { done, rounds, worked } = progress(incident, plan);
    const acts = changing(plan);
    const isReady = (step: PlannedStep): boolean => {
      const { when } = nextTurn(plan, step, callsOn(step), clock.now());
      return when === "now" || (when === "later" && plan.class === "ask");
    };
    const open = acts.filter((step) => !worked.has(step));
    // Of several each has tries of its own.
    if (!mayBegin(incident, plan, (plan.reach === "standing" ? open.find(isReady) : undefined) ?? open[0])) return;
    taken.set(incident.id, { plan, rounds });
    records.prescribed(incident.id, termsOf(plan, parts.toolAt));
    let [passed, isRefused] = [0, false];
    for (const step of plan.steps) {
      if (!acts.includes(step)) {
        if (passed >= done && !(await read(incident, plan, step))) return hands.seldomer(incident.id);
        continue;
      }
      passed += 1;
      if (plan.reach === "standing" && !worked.has(step) && !isReady(step)) continue;
      const came = worked.has(step) ? "worked" : await hands.step(alert, incident, deedOf(plan, step, cause));
      if (came === "worked") continue;
      isRefused ||= came === "refused";
      if (came === "failed") await takeBack(alert, incident, plan, cause);
      // What stands on the resource is each its own matter: one that fails keeps none of the others waiting.
      if (came === "held" || plan.reach === "root") return;
    }
    // Its own delay holds: else it would be refused again and again.
    if (!isRefused) hands.later(incident.id, APART_MS);
  };

  /** Nothing is offered to run: what was looked at is kept, and what a person can do is said once. */
  const report = async (incident: IncidentDetail, plan: Plan): Promise<void> => {
    const text = plan.words;
    if ((incident.status === "escalated" && incident.words === text) || !isFit(incident, plan)) return;
    for (const step of plan.steps) await read(incident, plan, step);
    records.note(incident.id, "report", text, { status: "escalated", words: text });
    hands.tellOnce(incident, `report:${plan.id}`, { kind: "notice", words: `${incident.name}: ${plan.says}` });
  };

  return {
    take,
    prove,
    report,
    /** Whether what was last begun for it is several things, each its own matter. */
    isOfMany: (id: string): boolean => taken.get(id)?.plan.reach === "standing",
    isMidway: (incident: IncidentDetail): boolean => {
      const known = taken.get(incident.id);
      return known !== undefined && progress(incident, known.plan).done > 0;
    },
    /** What a runbook mended is believed at the second look, like anything else it did. */
    isSeenOnce(incident: IncidentDetail): boolean {
      if (!incident.callIds.map(parts.getCall).some((call) => call?.caller.kind === "runbook" && call.state === "succeeded" && call.effect !== "read")) return false;
      const first = gone.get(incident.id);
      if (first !== undefined) return clock.now() - first < APART_MS;
      gone.set(incident.id, clock.now());
      void parts.refresh(incident.alert.split("#")[0] ?? "");
      return true;
    },
    forget(id: string): void {
      taken.delete(id);
      gone.delete(id);
    },
  };
};
