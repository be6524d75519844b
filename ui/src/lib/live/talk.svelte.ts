// The conversation with Jarvis: what was said, what streams in, what it looked at. Kept for this tab only.
import type { Ask } from "$contract/call.ts";
import type { ChatDone } from "$contract/wire.ts";
import { call, house } from "./house.svelte.ts";
import { wordsOf } from "./wire-error.ts";

export interface ToolCard {
  callId: string;
  tool: string;
  arguments: unknown;
  state: string;
  text?: string;
}
export interface Said {
  id: string;
  by: "me" | "jarvis";
  text: string;
  at: number;
  state: "streaming" | "done" | "failed";
  cards: readonly ToolCard[];
  done?: ChatDone;
}

const KEPT = 200;
const STORE = "jarvis.conversation";

let conversation = sessionStorage.getItem(STORE) ?? undefined;
let said = $state.raw<readonly Said[]>([]);
let waiting = $state(false);

const edit = (id: string, change: (entry: Said) => Said): void => {
  said = said.map((entry) => (entry.id === id ? change(entry) : entry));
};
const add = (entry: Said): void => {
  said = [...said, entry].slice(-KEPT);
};
const ensure = (message: string): void => {
  if (!said.some((entry) => entry.id === message)) add({ id: message, by: "jarvis", text: "", at: Date.now(), state: "streaming", cards: [] });
};

type Delta = { message: string; text: string };
const takes: Record<string, (params: unknown) => void> = {
  "chat.delta": (params) => {
    const { message, text } = params as Delta;
    ensure(message);
    edit(message, (entry) => ({ ...entry, text: entry.text + text }));
  },
  "chat.call": (params) => {
    const card = params as ToolCard & { message: string };
    ensure(card.message);
    edit(card.message, (entry) => ({ ...entry, cards: [...entry.cards.filter(({ callId }) => callId !== card.callId), card] }));
  },
  "chat.ask": (params) => ensure((params as { message: string; ask: Ask }).message),
  "chat.done": (params) => {
    const done = params as ChatDone;
    ensure(done.message);
    edit(done.message, (entry) => ({ ...entry, text: done.text, state: "done", done }));
    waiting = false;
  },
};
house.onNotice((method, params) => takes[method]?.(params));

export const talk = {
  get said(): readonly Said[] {
    return said;
  },
  get waiting(): boolean {
    return waiting;
  },
  /** Jarvis's newest words in this conversation, if they are newer than `after`. */
  newest(after: number): string | undefined {
    const last = said.findLast((entry) => entry.by === "jarvis" && entry.text !== "");
    return last && last.at >= after ? last.text : undefined;
  },
  async send(text: string): Promise<void> {
    const id = crypto.randomUUID();
    add({ id, by: "me", text, at: Date.now(), state: "done", cards: [] });
    waiting = true;
    try {
      const answer = await call("chat.send", { text, ...(conversation === undefined ? {} : { conversation }) });
      conversation = answer.conversation;
      sessionStorage.setItem(STORE, answer.conversation);
      if ("text" in answer) takes["chat.done"]?.(answer);
      else ensure(answer.message);
    } catch (thrown) {
      waiting = false;
      edit(id, (entry) => ({ ...entry, state: "failed" }));
      add({ id: crypto.randomUUID(), by: "jarvis", text: `That did not reach me. ${wordsOf(thrown)}`, at: Date.now(), state: "failed", cards: [] });
    }
  },
  async stop(): Promise<void> {
    await call("chat.stop", {}).catch(() => undefined);
    waiting = false;
  },
};
