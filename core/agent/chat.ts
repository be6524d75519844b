// A conversation: takes a message, streams the answer, keeps both. Asks the rules first and a model where they cannot; says which. Acts only through the calls it is handed.
import type { Ask, CallAnswer } from "../contract/call.ts";
import type { Caller } from "../contract/caller.ts";
import type { Shadow } from "../contract/shadow.ts";
import type { ChatDone } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import type { BoundTool } from "../tools/bound.ts";
import type { View } from "./reflex/answers.ts";
import type { Reply } from "./reflex/doing.ts";
import type { HouseHands } from "./reflex/house-reply.ts";
import type { Hands } from "./reflex/reply.ts";
import type { RuleHands } from "./reflex/rule-reply.ts";
import type { Thread } from "./reflex/thread.ts";
import type { Mind, Minded, Mindful, MindParts } from "./turn/mind.ts";

const MOST_CONVERSATIONS = 200;
const PIECE_LENGTH = 48;

/** What is told while an answer is made; `chat.done` is the result. */
export type ChatEvent =
  | { method: "chat.delta"; text: string }
  | { method: "chat.call"; callId: string; tool: string; arguments: unknown; state: string; text?: string }
  | { method: "chat.ask"; ask: Ask };

interface Parts {
  clock: Clock;
  view: () => View;
  tools: () => readonly BoundTool[];
  ask: (callId: string) => Ask | undefined;
  report?: Hands["report"] | undefined;
  /** Absent: no model is configured, and none is spoken of. */
  models?: Pick<MindParts, "choose" | "recall" | "onHalt" | "redact"> | undefined;
  remember: (entry: { conversation: string; role: "person" | "jarvis"; text: string }) => void;
}

export interface Turn {
  conversation: string;
  /** Who speaks: what one began under an id no other goes on from. */
  by: string;
  message: string;
  text: string;
  /** In the name of who asks. */
  call: (request: { tool: string; arguments: unknown }) => Promise<CallAnswer>;
  /** For what a model wishes: who asks, and a call in the name that fits. Absent: no model is asked. */
  wish?: { by: Caller; call: (request: { tool: string; arguments: unknown; caller: Caller; hold?: string }) => Promise<CallAnswer> } | undefined;
  /** The operator's rules, in the name of who asks. */
  rules?: RuleHands | undefined;
  /** The switches and asks, in the name of who asks. */
  house?: HouseHands | undefined;
  /** What would have been done where Jarvis only watches. */
  shadow?: (() => Shadow) | undefined;
  emit: (event: ChatEvent) => void;
  signal?: AbortSignal;
}

/** "@local why is it slow": with that model whatever the rules would say. */
const CHOSEN = /^@(?:local|cloud)\b/i;
const ASKS = /\?\s*$|^(?:why|what|when|who|how|is|are|does|did|can|which|where|warum|wieso|wer|wann|wie|was|wo|welche\w*|ist|sind)\b/i;

/** The rules have no answer; an order for something unknown they have understood. */
const isOpen = ({ kind }: Reply, text: string): boolean => kind === "unknown" || (kind === "unknown-name" && ASKS.test(text.trim()));

type Body = Pick<ChatDone, "text" | "route" | "model" | "tokens" | "costUsd" | "calls" | "evidence" | "why">;

const byRules = ({ text, calls, evidence }: Pick<Reply, "text" | "calls" | "evidence">): Body => ({
  text,
  route: "reflex",
  tokens: { input: 0, output: 0, cached: 0 },
  costUsd: 0,
  calls,
  evidence,
});
const byModel = ({ parts: _, ...answer }: Minded): Body => answer;

export const createChat = ({ clock, view, tools, ask, report, remember, models }: Parts) => {
  const threads = new Map<string, Thread>();
  let mind: Promise<Mind> | undefined;
  /** Loaded when the first question needs it. */
  const minded = (given: NonNullable<typeof models>): Promise<Mind> => {
    mind ??= import("./turn/mind.ts").then(({ createMind }) => createMind({ clock, view, tools, ...given }));
    return mind;
  };

  /** The least lately used goes first. */
  const keep = (key: string, thread: Thread): void => {
    threads.delete(key);
    threads.set(key, thread);
    const oldest = threads.size > MOST_CONVERSATIONS ? threads.keys().next().value : undefined;
    if (oldest !== undefined) threads.delete(oldest);
  };

  const stream = (text: string, turn: Turn): void => {
    for (let from = 0; from < text.length && !turn.signal?.aborted; from += PIECE_LENGTH) turn.emit({ method: "chat.delta", text: text.slice(from, from + PIECE_LENGTH) });
  };

  const told = async (turn: Turn, tool: BoundTool, input: unknown, made: Promise<CallAnswer>): Promise<CallAnswer> => {
    const answer = await made;
    turn.emit({ method: "chat.call", callId: answer.callId, tool: tool.name, arguments: input, state: answer.state, text: answer.text });
    const waiting = answer.state === "held" ? ask(answer.callId) : undefined;
    if (waiting) turn.emit({ method: "chat.ask", ask: waiting });
    return answer;
  };

  const reflex = async (turn: Turn, key: string): Promise<Reply> => {
    const call = (tool: BoundTool, input: unknown): Promise<CallAnswer> => told(turn, tool, input, turn.call({ tool: tool.name, arguments: input }));
    const hands: Hands = { tools, call, rules: turn.rules, house: turn.house, shadow: turn.shadow, report };
    // All that reads sentences is loaded when the first is said.
    const { converse } = await import("./reflex/thread.ts");
    const before = threads.get(key) ?? {};
    // What waits for an answer gets one; while an act goes on nobody guesses what "it" is; and who speaks meanwhile is not undone when that ends.
    const begun: Thread = before.isGermanTold === true ? { isGermanTold: true } : {};
    keep(key, begun);
    const { made, thread } = await converse(view(), hands, turn.text, before);
    if (threads.get(key) === begun) keep(key, thread);
    return made;
  };

  /** Undefined: no model is there to be asked. */
  const think = async (turn: Turn, key: string): Promise<Mindful | undefined> => {
    const { wish } = turn;
    if (models === undefined || wish === undefined) return undefined;
    const act: Parameters<Mind["answer"]>[0]["act"] = (tool, input, as) => told(turn, tool, input, wish.call({ tool: tool.name, arguments: input, ...as }));
    return (await minded(models)).answer({ key, text: turn.text, by: wish.by, act, signal: turn.signal });
  };

  const answerTo = async (turn: Turn, key: string): Promise<Body> => {
    const chosen = CHOSEN.test(turn.text.trim()) ? await think(turn, key) : undefined;
    if (chosen?.kind === "answered") return byModel(chosen.answer);
    const made = await reflex(turn, key);
    const thought = chosen ?? (isOpen(made, turn.text) ? await think(turn, key) : undefined);
    if (thought?.kind === "answered") return byModel(thought.answer);
    const body = byRules(thought?.words === undefined ? made : { ...made, text: `${made.text}\n${thought.words}` });
    if (models !== undefined) (await minded(models)).note(key, { person: turn.text, jarvis: body.text, isData: made.kind === "look" }, body.calls);
    return body;
  };

  return {
    async take(turn: Turn): Promise<ChatDone> {
      remember({ conversation: turn.conversation, role: "person", text: turn.text });
      const body = await answerTo(turn, JSON.stringify([turn.by, turn.conversation]));
      stream(body.text, turn);
      remember({ conversation: turn.conversation, role: "jarvis", text: body.text });
      return { conversation: turn.conversation, message: turn.message, ...body };
    },
  };
};

export type Chat = ReturnType<typeof createChat>;
