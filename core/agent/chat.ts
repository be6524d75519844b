// A conversation: takes a message, streams the answer, keeps both. Routes to the reflex; says so. Acts only through the calls it is handed.
import type { Ask, CallAnswer } from "../contract/call.ts";
import type { Shadow } from "../contract/shadow.ts";
import type { ChatDone } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import type { BoundTool } from "../tools/bound.ts";
import type { View } from "./reflex/answers.ts";
import type { HouseHands } from "./reflex/house-reply.ts";
import type { Hands } from "./reflex/reply.ts";
import type { RuleHands } from "./reflex/rule-reply.ts";
import type { Thread } from "./reflex/thread.ts";

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
  report?: Hands["report"];
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
  /** The operator's rules, in the name of who asks. */
  rules?: RuleHands | undefined;
  /** The switches and asks, in the name of who asks. */
  house?: HouseHands | undefined;
  /** What would have been done where Jarvis only watches. */
  shadow?: (() => Shadow) | undefined;
  emit: (event: ChatEvent) => void;
  signal?: AbortSignal;
}

export const createChat = ({ view, tools, ask, report, remember }: Parts) => {
  const threads = new Map<string, Thread>();

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

  return {
    async take(turn: Turn): Promise<ChatDone> {
      remember({ conversation: turn.conversation, role: "person", text: turn.text });
      const call = async (tool: BoundTool, input: unknown): Promise<CallAnswer> => {
        const answer = await turn.call({ tool: tool.name, arguments: input });
        turn.emit({ method: "chat.call", callId: answer.callId, tool: tool.name, arguments: input, state: answer.state, text: answer.text });
        const waiting = answer.state === "held" ? ask(answer.callId) : undefined;
        if (waiting) turn.emit({ method: "chat.ask", ask: waiting });
        return answer;
      };
      const hands: Hands = { tools, call, rules: turn.rules, house: turn.house, shadow: turn.shadow, report };
      // All that reads sentences is loaded when the first is said.
      const { converse } = await import("./reflex/thread.ts");
      const key = JSON.stringify([turn.by, turn.conversation]);
      const before = threads.get(key) ?? {};
      // What waits for an answer gets one; while an act goes on nobody guesses what "it" is; and who speaks meanwhile is not undone when that ends.
      const begun: Thread = before.isGermanTold === true ? { isGermanTold: true } : {};
      keep(key, begun);
      const { made, thread } = await converse(view(), hands, turn.text, before);
      if (threads.get(key) === begun) keep(key, thread);
      stream(made.text, turn);
      remember({ conversation: turn.conversation, role: "jarvis", text: made.text });
      return {
        conversation: turn.conversation,
        message: turn.message,
        text: made.text,
        route: "reflex",
        tokens: { input: 0, output: 0, cached: 0 },
        costUsd: 0,
        calls: made.calls,
        evidence: made.evidence,
      };
    },
  };
};

export type Chat = ReturnType<typeof createChat>;
