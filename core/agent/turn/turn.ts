// One question answered with a model: a bounded loop of its words and wishes, through one model after another while they fail. Ends always, says why, and claims nothing the record does not.
import type { Caller } from "../../contract/caller.ts";
import type { Clock } from "../../lib/clock.ts";
import type { BoundTool } from "../../tools/bound.ts";
import type { Model, Said } from "../models/model.ts";
import type { View } from "../reflex/answers.ts";
import { type Answered, answerOf, lookedUp } from "./answer.ts";
import { type Act, type Carrier, createCarrier, holdsSecret } from "./carry.ts";
import { type Prompt, type PromptParts, preparePrompt, requestOf } from "./context.ts";
import { type Count, createCounter } from "./counter.ts";
import { faceOf } from "./face.ts";
import { factsFor, namedIn } from "./facts.ts";
import { LIMITS, type Shares, sharesOf } from "./limits.ts";
import { type Mandate, readMandate } from "./mandate.ts";
import { type Memo, openOf } from "./memo.ts";
import { LOOK, MORE } from "./own-tools.ts";
import { pickTools } from "./pick.ts";
import { isPlainAsk } from "./plain-ask.ts";
import type { Reading } from "./reading.ts";
import { createShelf, type Shelf } from "./shelf.ts";
import { NO_USAGE, runStep, type Step, sumUsage, type Usage } from "./step.ts";

export interface Hands {
  clock: Pick<Clock, "after" | "now" | "iso" | "rate">;
  /** As the house is at that moment. */
  view: () => View;
  tools: () => readonly BoundTool[];
  /** Through the one pipeline. */
  act: Act;
  redact: (text: string) => string;
}

export interface Question {
  text: string;
  by: Caller;
  /** Those that may answer it, in order; the next takes over where one fails. */
  models: readonly [Model, ...Model[]];
  memo: Memo;
  /** Nothing of it is from outside. */
  recalled: readonly Reading[];
  signal: AbortSignal;
}

export interface Outcome extends Answered {
  readonly model: Model;
  readonly usage: Usage;
  readonly calls: readonly string[];
  /** Of the last prompt. */
  readonly parts: PromptParts | undefined;
  readonly steps: number;
  readonly isTainted: boolean;
  /** Each model that failed, and how. */
  readonly failures: readonly string[];
  /** No model said anything, and nothing was done: the answer is the rules'. */
  readonly isUnanswered: boolean;
}

/** What one model works with; counted anew for each, since each counts its own way. */
interface Bench {
  readonly model: Model;
  readonly count: Count;
  readonly prompt: Prompt;
  readonly shares: Shares;
}

const setBench = async (model: Model, hands: Hands, question: Question, mandate: Mandate): Promise<{ bench: Bench; readings: readonly Reading[]; isFree: boolean }> => {
  const view = hands.view();
  const { readings, isFree } = factsFor(view, question.text);
  const open = openOf(question.memo, view.calls);
  const named = namedIn(question.text, view.resources);
  const picked = pickTools(question.text, { named, resources: view.resources, tools: hands.tools(), allowed: view.persona.tools, mandate });
  const [count, shares] = [createCounter(model), sharesOf(model.contextTokens)];
  const facts = [...open, ...readings];
  const prompt = await preparePrompt({
    persona: view.persona,
    faces: [LOOK, MORE, ...picked.map(faceOf)],
    facts,
    recalled: question.recalled,
    memo: question.memo,
    text: question.text,
    shares,
    count,
    redact: hands.redact,
  });
  return { bench: { model, count, prompt, shares }, readings: [...facts, ...question.recalled], isFree };
};

interface Run {
  readonly said: Said[];
  usage: Usage;
  steps: number;
  repairs: number;
  isTight: boolean;
  text: string;
  plain: Reading[];
  parts: PromptParts | undefined;
  /** Why it ended before the model did. */
  stopped: string | undefined;
}

const limitReached = (run: Run, carrier: Carrier): string | undefined => {
  if (run.steps >= LIMITS.steps) return `after ${LIMITS.steps} steps`;
  if (carrier.errors() >= LIMITS.errors) return `after ${LIMITS.errors} calls that did not work`;
  if (carrier.isCircling()) return "because it asked for the same again and again";
  if (run.usage.input + run.usage.output >= LIMITS.tokens) return "because it had used the tokens of one answer";
  return run.usage.costUsd >= LIMITS.costUsd ? "because it had used the money of one answer" : undefined;
};

/** Ids are the turn's own: a model may give two wishes the same. */
const carryAll = async (step: Step, run: Run, carrier: Carrier, { signal, redact }: { signal: AbortSignal; redact: Hands["redact"] }): Promise<boolean> => {
  const wishes = step.wishes.slice(0, LIMITS.wishesPerStep).map((wish, index) => ({ ...wish, id: `w${run.steps}-${index + 1}` }));
  const shown = wishes.map((wish) => (holdsSecret(wish, redact) ? { ...wish, arguments: {}, raw: "{}" } : wish));
  run.said.push({ role: "jarvis", text: redact(step.text), calls: shown });
  let allPlain = step.wishes.length === wishes.length;
  for (const wish of wishes) {
    if (signal.aborted) return false;
    const { text, plain } = await carrier.carry(wish);
    run.said.push({ role: "result", of: wish.id, text });
    if (plain === undefined) allPlain = false;
    else run.plain.push(plain);
  }
  return allPlain;
};

/** `again`: the same model once more; `next`: another. */
const onFailure = (end: Exclude<Step["end"], string>, run: Run): "again" | "next" | "stop" => {
  if (end.fault === "overflow" && !run.isTight) {
    run.isTight = true;
    return "again";
  }
  if (end.fault === "malformed" && run.repairs < LIMITS.repairs) {
    run.repairs += 1;
    return "again";
  }
  return end.fault === "cancelled" ? "stop" : "next";
};

/** With one model until it answers, fails or reaches a limit. Answers how it failed. */
const answerWith = async (
  { model, count, prompt, shares }: Bench,
  run: Run,
  carrier: Carrier,
  { text, signal, redact }: { text: string; signal: AbortSignal; redact: Hands["redact"] },
): Promise<string | undefined> => {
  for (;;) {
    run.stopped = signal.aborted ? "because it was stopped or took too long" : limitReached(run, carrier);
    if (run.stopped !== undefined) return undefined;
    const { request, parts } = await requestOf(prompt, { steps: run.said, contextTokens: model.contextTokens, mostTokens: shares.answer, count, isTight: run.isTight, signal });
    run.parts = parts;
    run.steps += 1;
    const step = await runStep(model, request, signal);
    run.usage = sumUsage(run.usage, step.usage);
    if (typeof step.end !== "string") {
      const then = onFailure(step.end, run);
      if (then === "again") continue;
      if (then === "next") return `${model.name}: ${step.end.words}`;
      run.stopped = "because it was stopped or took too long";
      return undefined;
    }
    if (step.wishes.length === 0) {
      run.text = step.end === "length" && step.text !== "" ? `${step.text.trimEnd()}…` : step.text;
      run.plain = [];
      return undefined;
    }
    const allPlain = await carryAll(step, run, carrier, { signal, redact });
    if (allPlain && run.steps === 1 && model.route === "local" && isPlainAsk(text)) {
      run.text = step.text;
      return undefined;
    }
    run.plain = [];
  }
};

/** The turn's own end: the caller's stop, or the time that is up. */
const within = (clock: Hands["clock"], signal: AbortSignal): { signal: AbortSignal; release: () => void } => {
  const late = new AbortController();
  // A model lives by the wall, however fast the house does.
  const cancel = clock.after(LIMITS.wallMs * clock.rate, () => late.abort(), true);
  return { signal: AbortSignal.any([signal, late.signal]), release: cancel };
};

const silent = (run: Run, failures: readonly string[]): string => {
  if (run.stopped !== undefined) return `I stopped ${run.stopped}, before there was an answer.`;
  if (failures.length > 0) return `No model could finish this: ${failures.join("; ")}.`;
  return "The model gave no answer.";
};

export const takeTurn = async (hands: Hands, question: Question): Promise<Outcome> => {
  const { memo, text, by } = question;
  const mandate = readMandate(text, hands.view().resources, hands.tools());
  const run: Run = { said: [], usage: NO_USAGE, steps: 0, repairs: 0, isTight: false, text: "", plain: [], parts: undefined, stopped: undefined };
  const failures: string[] = [];
  const bounds = within(hands.clock, question.signal);
  let [model, shelf, carrier]: [Model, Shelf | undefined, Carrier | undefined] = [question.models[0], undefined, undefined];
  let shown: readonly Reading[] = [];
  try {
    for (const one of question.models) {
      model = one;
      const { bench, readings, isFree } = await setBench(one, hands, question, mandate);
      shown = readings;
      shelf ??= createShelf(bench.count, bench.shares.result);
      carrier ??= createCarrier({
        ...hands,
        allowed: hands.view().persona.tools,
        by,
        model: () => model.name,
        mandate,
        shelf,
        iso: hands.clock.iso,
        isTainted: memo.isTainted || isFree,
      });
      const failed = await answerWith(bench, run, carrier, { text, signal: bounds.signal, redact: hands.redact });
      if (failed === undefined) break;
      failures.push(failed);
      run.isTight = false;
    }
  } finally {
    bounds.release();
  }
  const [deeds, calls, found] = [carrier?.deeds ?? [], carrier?.calls ?? [], carrier?.readings ?? []];
  const isPlain = run.plain.length > 0 && deeds.length === 0;
  // What a tool found is the house's own answer; only a model's words are held against the record.
  const made = isPlain ? lookedUp(run.plain) : answerOf(hands.redact(run.text), { view: hands.view(), deeds, readings: [...found, ...shown], own: text });
  const cut = run.stopped !== undefined && run.text !== "" ? ` (I stopped ${run.stopped}.)` : "";
  return {
    ...made,
    text: `${made.text || silent(run, failures)}${cut}`,
    model,
    usage: run.usage,
    calls,
    parts: run.parts,
    steps: run.steps,
    isTainted: carrier?.isTainted() ?? memo.isTainted,
    failures,
    isUnanswered: run.text === "" && !isPlain && calls.length === 0 && run.stopped === undefined && failures.length === question.models.length,
  };
};
