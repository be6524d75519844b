// Carries out what a model wishes, one wish at a time: its own two tools here, all others through the one pipeline in the name that fits. Refuses repeats, strangers and more asks than a person would read.
import type { CallAnswer } from "../../contract/call.ts";
import type { Caller } from "../../contract/caller.ts";
import { visibleData } from "../../lib/visible.ts";
import { canonical } from "../../store/journal/chain.ts";
import type { BoundTool } from "../../tools/bound.ts";
import type { ToolWish } from "../models/model.ts";
import type { View } from "../reflex/answers.ts";
import { coveredBy } from "./covers.ts";
import { inWhoseName, type Named } from "./in-whose-name.ts";
import { LIMITS } from "./limits.ts";
import type { Mandate } from "./mandate.ts";
import { asData, oneLine } from "./outside.ts";
import { LOOK, lookAt, MORE, wordIn } from "./own-tools.ts";
import { isAllowed } from "./pick.ts";
import type { Reading } from "./reading.ts";
import type { Shelf } from "./shelf.ts";
import { targetOf } from "./target.ts";
import { toldOf, toldOfError } from "./told.ts";

/** Whatever a model has got hold of, it does not leave by a call's arguments. */
export const holdsSecret = ({ raw, arguments: input }: ToolWish, redact: (text: string) => string): boolean => {
  try {
    const written = JSON.stringify(input) ?? "";
    return redact(raw) !== raw || redact(written) !== written;
  } catch {
    return true;
  }
};

/** An act that was wished for, and how it ended. */
export interface Deed {
  readonly tool: BoundTool;
  readonly answer: CallAnswer;
  readonly target: string | undefined;
}

export interface Carried {
  /** For the model, marked as data where it is. */
  readonly text: string;
  readonly isError: boolean;
  /** What a person would be told of it; absent where that is nothing. */
  readonly plain?: Reading;
}

/** A call, in whoever's name. */
export type Act = (tool: BoundTool, input: unknown, as: Named) => Promise<CallAnswer>;

interface Parts {
  view: () => View;
  tools: () => readonly BoundTool[];
  /** A persona's list: may only narrow. */
  allowed: readonly string[] | undefined;
  act: Act;
  by: Caller;
  model: () => string;
  mandate: Mandate;
  shelf: Shelf;
  redact: (text: string) => string;
  iso: () => string;
  isTainted: boolean;
}

const LONGEST_RAW = 16_384;
const LONGEST_OUTCOME = 400;

/** Equal for equal wishes, however they were written. */
const keyOf = ({ tool, arguments: input, raw }: ToolWish): string => {
  try {
    return `${tool} ${canonical(input)}`;
  } catch {
    return `${tool} ${raw}`;
  }
};

export const createCarrier = (parts: Parts) => {
  const { view, tools, act, by, mandate, shelf, redact } = parts;
  const seen = new Map<string, number>();
  const spent = new Set<number>();
  const deeds: Deed[] = [];
  const calls: string[] = [];
  const readings: Reading[] = [];
  let [isTainted, errors, held] = [parts.isTainted, 0, 0];

  const error = (words: string): Carried => {
    errors += 1;
    return { text: `error: ${words}`, isError: true };
  };

  const shown = async (reading: Reading, head: string): Promise<string> => {
    const { reading: first, more } = await shelf.show(reading);
    readings.push(first);
    return [head, asData(first.text, reading.source, redact), more === undefined ? "" : `(Cut: the tool "more" with handle "${more}" shows the next part.)`]
      .filter(Boolean)
      .join("\n");
  };

  const look = async (input: unknown): Promise<Carried> => {
    const { readings: told, isError } = lookAt(view(), input);
    const [first] = told;
    if (first === undefined || isError) return error(first?.text ?? "nothing is known");
    isTainted = true;
    return { text: await shown(first, ""), isError: false, plain: first };
  };

  const more = async (input: unknown): Promise<Carried> => {
    const found = await shelf.more(wordIn(input, "handle"));
    if (found === undefined) return error(`there is no such handle${shelf.handles().length === 0 ? "; nothing was cut" : `; there are ${shelf.handles().join(", ")}`}.`);
    readings.push(found.reading);
    return { text: `${asData(found.reading.text, found.reading.source, redact)}${found.more === undefined ? "" : `\n(Cut: handle "${found.more}".)`}`, isError: false };
  };

  const nameFor = (tool: BoundTool, input: unknown): Named => {
    const index =
      tool.effect === "read" || !isAllowed(tool.name, parts.allowed)
        ? undefined
        : coveredBy({ tool, input }, { orders: mandate.orders, spent }, { resources: view().resources, tools: tools() });
    if (index !== undefined) spent.add(index);
    const wantsDeed = mandate.wantsDeed && isAllowed(tool.name, parts.allowed);
    return inWhoseName(tool.effect, { by, model: parts.model(), isCovered: index !== undefined, wantsDeed, isTainted });
  };

  const run = async (tool: BoundTool, input: unknown): Promise<Carried> => {
    const as = nameFor(tool, input);
    if (as.hold !== undefined && held >= LIMITS.held) return error("enough acts wait for the person already; nothing more is asked for now.");
    try {
      const answer = await act(tool, input, as);
      calls.push(answer.callId);
      const target = targetOf(tool, input, view().resources)?.id;
      if (tool.effect !== "read") deeds.push({ tool, answer, target });
      if (answer.state === "held") held += 1;
      const { head, text, isError } = toldOf(tool, answer);
      if (isError) errors += 1;
      // What a look found anybody may have written, and why something failed too; that an act was done, the house says.
      const isOwn = tool.effect !== "read" && answer.state !== "failed" && answer.state !== "unknown";
      isTainted ||= !isOwn;
      const words = isOwn ? oneLine(text, LONGEST_OUTCOME) : text;
      const reading = { text: words, source: `journal ${answer.callId}`, at: parts.iso() };
      return { text: await shown(reading, head), isError, ...(isError ? {} : { plain: { ...reading, text: answer.text } }) };
    } catch (thrown) {
      return error(oneLine(redact(toldOfError(thrown)), 600));
    }
  };

  return {
    carry: (wish: ToolWish): Promise<Carried> | Carried => {
      if (wish.raw.length > LONGEST_RAW) return error("the arguments are too long.");
      if (holdsSecret(wish, redact)) return error("the arguments hold a secret, and no call is made with one.");
      const key = keyOf(wish);
      const times = (seen.get(key) ?? 0) + 1;
      seen.set(key, times);
      if (times > 1) return error("the very same was called before in this answer; its result stands above. Answer with what you have.");
      if (wish.tool === LOOK.name) return look(wish.arguments);
      if (wish.tool === MORE.name) return more(wish.arguments);
      const tool = tools().find(({ name }) => name === wish.tool);
      if (tool === undefined || tool.console !== undefined)
        return error(`there is no tool called "${oneLine(wish.tool, 60)}". Use one of those you were given, or answer without.`);
      // Nobody shall be asked about what they cannot see.
      return run(tool, visibleData(wish.arguments));
    },
    /** It asks for the same over and over. */
    isCircling: (): boolean => [...seen.values()].some((times) => times >= LIMITS.repeats),
    deeds,
    calls,
    readings,
    errors: (): number => errors,
    isTainted: (): boolean => isTainted,
  };
};

export type Carrier = ReturnType<typeof createCarrier>;
