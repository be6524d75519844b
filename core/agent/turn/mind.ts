// The part of the chat that has models: remembers each conversation for them, has one answer where rules cannot, and says once when none is there. Loaded at the first question that needs it.
import type { CallAnswer } from "../../contract/call.ts";
import type { Caller } from "../../contract/caller.ts";
import type { Persona } from "../../contract/persona.ts";
import type { Clock } from "../../lib/clock.ts";
import type { BoundTool } from "../../tools/bound.ts";
import type { Model } from "../models/model.ts";
import type { View } from "../reflex/answers.ts";
import type { Act } from "./carry.ts";
import type { PromptParts } from "./context.ts";
import { LIMITS } from "./limits.ts";
import { type Memo, NOTHING_SAID, withExchange } from "./memo.ts";
import type { Evidence } from "./numbers.ts";
import type { Reading } from "./reading.ts";
import { takeTurn } from "./turn.ts";

const MOST_CONVERSATIONS = 200;

/** Which models may answer, in order, and why; none: why not. `text`: what was asked, without the word that chose one. */
export interface Choice {
  readonly models: readonly Model[];
  readonly why: string;
  readonly text: string;
}

export type Choose = (asked: { text: string; persona: Persona; isTainted: boolean }) => Choice | Promise<Choice>;

export interface MindParts {
  clock: Pick<Clock, "after" | "now" | "iso" | "rate">;
  view: () => View;
  tools: () => readonly BoundTool[];
  redact: (text: string) => string;
  choose: Choose;
  /** What is remembered about this, within so many tokens; absent: nothing is. */
  recall?: ((about: string) => Promise<readonly (Omit<Reading, "at"> & { at?: string | undefined })[]>) | undefined;
  /** Tells when everything must stop, until the answer is called. */
  onHalt?: ((stop: () => void) => () => void) | undefined;
}

export interface Asked {
  key: string;
  text: string;
  by: Caller;
  act: (tool: BoundTool, input: unknown, as: { caller: Caller; hold?: string }) => Promise<CallAnswer>;
  signal: AbortSignal | undefined;
}

export interface Minded {
  text: string;
  evidence: Evidence[];
  calls: string[];
  route: "local" | "cloud";
  model: string;
  tokens: { input: number; output: number; cached: number };
  costUsd: number;
  why: string;
  parts: PromptParts | undefined;
}

/** `words`: why there is no answer of a model, to be said beside the rules' own; absent where it was said before. */
export type Mindful = { kind: "answered"; answer: Minded } | { kind: "unanswered"; words: string | undefined };

const MOST_RECALLED = 8;

export const createMind = (parts: MindParts) => {
  const { view, choose, recall, onHalt } = parts;
  const memos = new Map<string, Memo>();
  /** What was said last about models that are not there; once is enough while it stays so. */
  let told: string | undefined;

  const memoOf = (key: string): Memo => memos.get(key) ?? NOTHING_SAID;
  const keep = (key: string, memo: Memo): void => {
    memos.delete(key);
    memos.set(key, memo);
    const oldest = memos.size > MOST_CONVERSATIONS ? memos.keys().next().value : undefined;
    if (oldest !== undefined) memos.delete(oldest);
  };

  const unanswered = (words: string): Mindful => {
    const again = told === words;
    told = words;
    return { kind: "unanswered", words: again ? undefined : words };
  };

  const recalled = async (text: string): Promise<readonly Reading[]> =>
    recall === undefined
      ? []
      : (await recall(text).catch(() => [])).slice(0, MOST_RECALLED).map(({ text: words, source, at }) => ({ text: words, source, ...(at === undefined ? {} : { at }) }));

  const stopper = (signal: AbortSignal | undefined): { signal: AbortSignal; release: () => void } => {
    const halt = new AbortController();
    const release = onHalt?.(() => halt.abort()) ?? (() => undefined);
    return { signal: signal === undefined ? halt.signal : AbortSignal.any([signal, halt.signal]), release };
  };

  return {
    /** What the rules answered is part of the conversation too. `isData`: a tool's words. */
    note(key: string, said: { person: string; jarvis: string; isData: boolean }, calls: readonly string[]): void {
      keep(key, withExchange(memoOf(key), said, calls, false));
    },

    async answer({ key, text, by, act, signal }: Asked): Promise<Mindful> {
      const memo = memoOf(key);
      const { persona, status } = view();
      if (status.killLevel === "all") return unanswered("The kill switch is engaged (all): no model is asked until it is released.");
      const choice = await choose({ text, persona, isTainted: memo.isTainted });
      const [first, ...others] = choice.models;
      if (first === undefined) return unanswered(choice.why);
      const bounds = stopper(signal);
      const hands = { clock: parts.clock, view, tools: parts.tools, redact: parts.redact, act: act satisfies Act };
      try {
        const outcome = await takeTurn(hands, { text: choice.text, by, models: [first, ...others], memo, recalled: await recalled(choice.text), signal: bounds.signal });
        if (outcome.isUnanswered) return unanswered(`No model answers (${outcome.failures.join("; ").slice(0, LIMITS.textLength / 40)}).`);
        told = undefined;
        keep(key, withExchange(memoOf(key), { person: choice.text, jarvis: outcome.text, isData: false }, outcome.calls, outcome.isTainted));
        const instead = outcome.failures.length === 0 ? "" : `; instead of ${outcome.failures.join("; ")}`;
        return {
          kind: "answered",
          answer: {
            text: outcome.text,
            evidence: outcome.evidence,
            calls: [...outcome.calls],
            route: outcome.model.route,
            model: outcome.model.name,
            tokens: { input: outcome.usage.input, output: outcome.usage.output, cached: outcome.usage.cached },
            costUsd: outcome.usage.costUsd,
            why: `${choice.why}${instead}`,
            parts: outcome.parts,
          },
        };
      } finally {
        bounds.release();
      }
    },
  };
};

export type Mind = ReturnType<typeof createMind>;
