// What a conversation remembers between two sentences: the question it waits on, the thing last named, whether it was said in which language it answers. All of it fades. Keeps nothing itself.
import type { View } from "./answers.ts";
import type { Pending, Reply } from "./doing.ts";
import type { Last } from "./follow.ts";
import { isGerman } from "./german.ts";
import { type Hands, reply } from "./reply.ts";

export interface Thread {
  readonly pending?: Pending & { readonly atMs: number };
  readonly last?: Last;
  readonly isGermanTold?: boolean;
}

/** A question older than this is answered by nobody's yes. */
const WAITS_MS = 600_000;
const GERMAN = "(Ich verstehe Deutsch und antworte auf Englisch.)";

const askedOf = (kind: string): Last["asked"] => (kind === "status" || kind === "why" || kind === "room" || kind === "on" ? kind : undefined);

/** Without a thing named the one before stays. */
const lastOf = (made: Reply, before: Last | undefined, atMs: number): Last | undefined => {
  if (made.about === undefined) return before;
  const asked = askedOf(made.kind);
  return { id: made.about, atMs, ...(asked === undefined ? {} : { asked }), ...(made.verb === undefined ? {} : { verb: made.verb }) };
};

/** The answer, and what is to be remembered for the next sentence. */
export const converse = async (view: View, hands: Hands, text: string, thread: Thread): Promise<{ made: Reply; thread: Thread }> => {
  const { pending, last, isGermanTold = false } = thread;
  const made = await reply(view, hands, text, pending && view.nowMs - pending.atMs <= WAITS_MS ? pending : undefined, last);
  const isFirst = !isGermanTold && isGerman(text);
  const now = lastOf(made, last, view.nowMs);
  return {
    made: isFirst ? { ...made, text: `${made.text}\n${GERMAN}` } : made,
    thread: {
      ...(made.pending === undefined ? {} : { pending: { ...made.pending, atMs: view.nowMs } }),
      ...(now === undefined ? {} : { last: now }),
      ...(isGermanTold || isFirst ? { isGermanTold: true } : {}),
    },
  };
};
