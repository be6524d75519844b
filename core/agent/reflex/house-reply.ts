// The switches and asks, answered in words: holds, releases and decides only through the hands it is given, each in the asker's own name.
import type { Ask } from "../../contract/call.ts";
import { JarvisError } from "../../contract/error.ts";
import type { LiveResource } from "../../contract/resource.ts";
import { plainCall } from "../../lib/plain-call.ts";
import { objectOf, verbsOf } from "../../lib/tool-words.ts";
import { nameOf } from "./deed.ts";
import type { PersonaHands } from "./persona-wish.ts";
import type { Intent } from "./wish.ts";

/** In the asker's name. Throw JarvisError with words for the person. */
export interface HouseHands {
  hold: () => void;
  release: () => void;
  isHeld: () => boolean;
  asks: () => readonly Ask[];
  /** `confirm`: the target as it was typed. */
  decide: (id: string, decision: "approve" | "reject", by: { confirm?: string; words?: string }) => Promise<{ state: string; text?: string }>;
  /** Absent: there is one voice. */
  personas?: PersonaHands;
}

type Wish = Extract<Intent, { kind: "hold" | "release" | "asks" | "decide" }>;

const MOST_LISTED = 8;

const askWords = ({ id, tool, target, why, caller }: Ask, resources: readonly LiveResource[]): string => {
  const object = objectOf(tool, target, target === null ? "" : nameOf(target, resources));
  const reason = plainCall(why, { tool, callerId: caller.id }, (one) => resources.find((resource) => resource.id === one)?.name);
  return `${id}: ${verbsOf(tool).plain} ${object}. ${reason.replace(/[.\s]+$/, "")}.`;
};

const listed = (asks: readonly Ask[], resources: readonly LiveResource[]): string => {
  if (asks.length === 0) return "Nothing waits for your word.";
  const more = asks.length - MOST_LISTED;
  const lines = asks.slice(0, MOST_LISTED).map((ask) => `- ${askWords(ask, resources)}`);
  const [first] = asks;
  return [
    `${asks.length} ${asks.length === 1 ? "waits" : "wait"} for your word:`,
    ...lines,
    ...(more > 0 ? [`- and ${more} more.`] : []),
    `Say "approve ${first?.id ?? "ID"}" or "reject ${first?.id ?? "ID"}".`,
  ].join("\n");
};

const ENDS: Readonly<Record<string, string>> = { refused: "but it was not done", failed: "but it failed", unknown: "but how it ended is not known" };

/** A yes without an id is for what this conversation told last, and for nothing that came in its place. */
const isBound = ({ ask, decision }: Extract<Wish, { kind: "decide" }>, id: string, shown: string | undefined): boolean =>
  ask !== undefined || decision === "reject" || id === shown;

const decide = async (wish: Extract<Wish, { kind: "decide" }>, hands: HouseHands, resources: readonly LiveResource[], shown: string | undefined): Promise<string> => {
  const asks = hands.asks();
  if (wish.ask === undefined && asks.length !== 1)
    return asks.length === 0 ? "Nothing waits for your word, so there is nothing to decide." : `Which one?\n${listed(asks, resources)}`;
  const id = wish.ask ?? asks[0]?.id ?? "";
  const ask = asks.find((one) => one.id === id);
  if (ask === undefined) return `There is no ask ${id} that waits. ${listed(asks, resources)}`;
  if (!isBound(wish, id, shown)) return `Is this the one? I have approved nothing.\n${listed(asks, resources)}`;
  const names = ask.target === null ? [] : [ask.target, nameOf(ask.target, resources)].map((name) => name.toLowerCase());
  if (wish.confirm !== undefined && !names.includes(wish.confirm.toLowerCase()))
    return `I decided nothing: "${wish.confirm.slice(0, 40)}" is not what it is about. ${askWords(ask, resources)}`;
  // What cannot be taken back is approved by the words that name it, as everywhere.
  const { state, text } = await hands.decide(id, wish.decision, {
    ...(wish.confirm === undefined ? {} : { confirm: wish.confirm }),
    ...(wish.why === undefined ? {} : { words: wish.why }),
  });
  const what = askWords(ask, resources);
  if (wish.decision === "reject") return `Rejected. ${what}`;
  // The switch is on: it waits still.
  if (state === "held") return `Not approved yet. ${text ?? ""} ${what}`;
  const end = ENDS[state];
  return end === undefined ? `Approved. ${what}` : `Approved, ${end}: ${(text ?? state).replace(/[.\s]+$/, "")}. ${what}`;
};

/** `shown`: the id of the one ask that was told last. */
export const houseReply = async (wish: Wish, hands: HouseHands | undefined, resources: readonly LiveResource[], shown?: string): Promise<string> => {
  if (hands === undefined) return "That I cannot do from here. The switch is at the top of the screen; by hand: ./jarvis kill, ./jarvis release, ./jarvis asks.";
  try {
    if (wish.kind === "asks") return listed(hands.asks(), resources);
    if (wish.kind === "decide") return await decide(wish, hands, resources, shown);
    if (wish.kind === "hold") {
      hands.hold();
      return 'Held: nothing is changed any more, by me or by anybody through me, until you release it. I go on watching. "release the kill switch" lets me act again.';
    }
    if (!hands.isHeld()) return "Nothing is held: I may act as it is.";
    hands.release();
    return "Released: I may act again.";
  } catch (thrown) {
    if (thrown instanceof JarvisError) return thrown.message;
    throw thrown;
  }
};
