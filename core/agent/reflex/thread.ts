// What a conversation remembers between two sentences: the question it waits on, the thing last named, whether it was said in which language it answers. All of it fades. Keeps nothing itself.
import type { View } from "./answers.ts";
import type { Pending, Reply } from "./doing.ts";
import type { Last } from "./follow.ts";
import { isGerman } from "./german.ts";
import { type Hands, reply } from "./reply.ts";
import type { Told } from "./sentence.ts";

export interface Thread {
  readonly pending?: Pending & { readonly atMs: number };
  readonly last?: Last;
  /** The id of the one ask that was told last. */
  readonly shown?: string;
  readonly isGermanTold?: boolean;
  /** What a tool answered last. */
  readonly told?: Told;
}

/** A question older than this is answered by nobody's yes. */
const WAITS_MS = 600_000;
/** Between "release it first" and the yes said again stands the release. */
const SWITCHES: ReadonlySet<string> = new Set(["hold", "release"]);
const GERMAN = "(Ich verstehe Deutsch und antworte auf Englisch.)";

const askedOf = (kind: string): Last["asked"] => (kind === "status" || kind === "why" || kind === "room" || kind === "on" ? kind : undefined);

/** Without a thing named the one before stays. */
const lastOf = (made: Reply, before: Last | undefined, atMs: number): Last | undefined => {
  if (made.about === undefined) return before;
  const asked = askedOf(made.kind);
  return { id: made.about, atMs, ...(asked === undefined ? {} : { asked }), ...(made.verb === undefined ? {} : { verb: made.verb }) };
};

/** What is asked as it was told: only that may be approved as "it". */
const shownBy = ({ kind, text, calls }: Reply, { house }: Hands, before: string | undefined): string | undefined => {
  const [only, ...others] = (house?.asks() ?? []).filter(({ id, callId }) => text.includes(id) || calls.includes(callId));
  return only === undefined ? (SWITCHES.has(kind) ? before : undefined) : others.length === 0 ? only.id : undefined;
};

/** The answer, and what is to be remembered for the next sentence. */
export const converse = async (view: View, hands: Hands, text: string, thread: Thread): Promise<{ made: Reply; thread: Thread }> => {
  const { pending, last, shown, isGermanTold = false, told } = thread;
  const made = await reply(view, hands, text, pending && view.nowMs - pending.atMs <= WAITS_MS ? pending : undefined, last, shown, told);
  const isFirst = !isGermanTold && isGerman(text);
  const now = lastOf(made, last, view.nowMs);
  const ask = shownBy(made, hands, shown);
  return {
    made: isFirst ? { ...made, text: `${made.text}\n${GERMAN}` } : made,
    thread: {
      ...(made.pending === undefined ? {} : { pending: { ...made.pending, atMs: view.nowMs } }),
      ...(now === undefined ? {} : { last: now }),
      ...(ask === undefined ? {} : { shown: ask }),
      ...(made.told === undefined ? (told === undefined ? {} : { told }) : { told: { ...made.told, atMs: view.nowMs } }),
      ...(isGermanTold || isFirst ? { isGermanTold: true } : {}),
    },
  };
};
