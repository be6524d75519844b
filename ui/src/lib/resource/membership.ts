// The votes of the cluster in one line, for the ring and for who reads it: never as of now when nobody tells it now. Pure.
import type { Drawn } from "$contract/drawn.ts";
import { AGE_WORDS, type Age, ageOf } from "./age.ts";
import { ofKind } from "./order.ts";

export interface Membership {
  words: string;
  age: Age;
}

/** `live`: this page hears from Jarvis. Undefined while no node is known. */
export const membershipOf = (drawn: Drawn | undefined, live: boolean): Membership | undefined => {
  const nodes = ofKind(drawn, "node");
  if (nodes.length === 0) return undefined;
  const seen = ageOf(nodes);
  // One node that answers tells the votes of all; counted nodes are only as good as each of them.
  const age = !live ? "stale" : drawn?.quorum && seen === "partly" ? "fresh" : seen;
  const lost = drawn?.quorum?.quorate === false ? ", lost" : "";
  const told = drawn?.quorum ? `Quorum ${drawn.quorum.votes} of ${drawn.quorum.of}${lost}` : `Nodes ${nodes.filter(({ status }) => status !== "down").length} of ${nodes.length}`;
  return { words: age === "fresh" ? told : `${told} (${AGE_WORDS[age]})`, age };
};
