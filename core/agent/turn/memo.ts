// What a conversation keeps for its next question: what was said, the calls made, and whether text from outside stood in it. Bounded; taint and calls outlive the words.
import type { Call } from "../../contract/call.ts";
import { outside } from "../../contract/call.ts";
import type { Said } from "../models/model.ts";
import type { Count } from "./counter.ts";
import { headWithin } from "./counter.ts";
import { asData, neutral, oneLine } from "./outside.ts";
import type { Reading } from "./reading.ts";

const [MOST_EXCHANGES, MOST_CALLS, LONGEST, MOST_OPEN] = [20, 50, 4000, 5];
/** So many go at once, so that what stays is the same for a while and a prefix cache holds. */
const CHUNK = 4;

/** `isData`: the answer was made of what a tool told, not of anybody's own words. */
export interface Exchange {
  readonly person: string;
  readonly jarvis: string;
  readonly isData: boolean;
}

export interface Memo {
  readonly exchanges: readonly Exchange[];
  readonly calls: readonly string[];
  readonly isTainted: boolean;
}

export const NOTHING_SAID: Memo = { exchanges: [], calls: [], isTainted: false };

/** Taint never leaves a conversation again. */
export const withExchange = (memo: Memo, exchange: Exchange, calls: readonly string[], isTainted: boolean): Memo => ({
  exchanges: [...memo.exchanges, { ...exchange, person: exchange.person.slice(0, LONGEST), jarvis: exchange.jarvis.slice(0, LONGEST) }].slice(-MOST_EXCHANGES),
  calls: [...memo.calls, ...calls].slice(-MOST_CALLS),
  isTainted: memo.isTainted || isTainted || exchange.isData,
});

/** What waits or goes on of this conversation's own acts, as the journal has it now: told however long ago it was said. */
export const openOf = ({ calls }: Memo, journal: readonly Call[]): Reading[] =>
  journal
    .filter(({ callId, effect, state }) => effect !== "read" && calls.includes(callId) && (outside(state) === "held" || outside(state) === "running"))
    .slice(-MOST_OPEN)
    .map((call) => ({
      text: oneLine(`${call.tool} on ${call.target ?? "?"}: ${outside(call.state) === "held" ? "waits for the person's word, not done" : "goes on, not ended"}`, 160),
      source: `journal ${call.callId}`,
      at: call.createdAt,
    }));

const saidOf = ({ person, jarvis, isData }: Exchange, redact: (text: string) => string): Said[] => [
  { role: "person", text: neutral(redact(person)) },
  { role: "jarvis", text: isData ? asData(jarvis, "an answer made of a tool's words", redact) : neutral(redact(jarvis)) },
];

/** The newest exchanges within `most` tokens, in chunks; one too long by itself is cut. */
export const historyWithin = async (
  { exchanges }: Memo,
  { most, count, redact }: { most: number; count: Count; redact: (text: string) => string },
): Promise<{ said: Said[]; tokens: number }> => {
  const each = await Promise.all(
    exchanges.map(async (exchange) => {
      const short = { ...exchange, jarvis: await headWithin(exchange.jarvis, Math.floor(most / 3), count), person: await headWithin(exchange.person, Math.floor(most / 3), count) };
      const said = saidOf(short, redact);
      const tokens = (await Promise.all(said.map(({ text }) => count(text)))).reduce((sum, one) => sum + one, 0);
      return { said, tokens };
    }),
  );
  const total = (from: number): number => each.slice(from).reduce((sum, { tokens }) => sum + tokens, 0);
  let from = 0;
  while (from < each.length && total(from) > most) from += from + CHUNK < each.length ? CHUNK : 1;
  return { said: each.slice(from).flatMap(({ said }) => said), tokens: total(from) };
};
