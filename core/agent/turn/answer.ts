// The words a person gets: what the model said as far as record and readings bear it out, and beneath it what the house itself says of every act. Pure.
import { ALREADY } from "../../contract/call.ts";
import { plainCall } from "../../lib/plain-call.ts";
import { objectOf, verbsOf } from "../../lib/tool-words.ts";
import type { View } from "../reflex/answers.ts";
import type { Deed } from "./carry.ts";
import { checkedClaims } from "./claims.ts";
import { type Evidence, sourced } from "./numbers.ts";
import { neutral, oneLine } from "./outside.ts";
import type { Reading } from "./reading.ts";

const [LONGEST, LONGEST_CLAIM] = [8000, 160];

const recordLine = ({ tool, answer, target }: Deed, view: View): string => {
  const { past, plain } = verbsOf(tool.name);
  const name = view.resources.find(({ id }) => id === target)?.name ?? target ?? "";
  const object = objectOf(tool.name, target ?? null, name);
  const why = plainCall(answer.text, { tool: tool.name, callerId: "" }, (id) => view.resources.find((one) => one.id === id)?.name);
  const told = why === "" ? "" : ` ${why}`;
  if (answer.rule === ALREADY) return answer.text;
  switch (answer.state) {
    case "succeeded":
      return `${past.charAt(0).toUpperCase()}${past.slice(1)} ${object}, and checked.`;
    case "held":
      return `To ${plain} ${object} waits for your word${answer.ask === undefined ? "" : ` (${answer.ask})`}; nothing is done yet.`;
    case "running":
      return `To ${plain} ${object} has begun and not ended.`;
    case "refused":
      return `Not done, ${plain} ${object}:${told}`;
    case "unknown":
      return `Whether ${object} was ${past} is not known.${told}`;
    default:
      return `To ${plain} ${object} failed.${told}`;
  }
};

/** What the house says of the acts; empty where there were none. */
export const recordOf = (deeds: readonly Deed[], view: View): { text: string; evidence: Evidence[] } => ({
  text: deeds.map((deed) => neutral(recordLine(deed, view))).join("\n"),
  evidence: deeds.map(({ tool, answer }) => ({ claim: `${tool.title}: ${answer.state}`, source: `journal ${answer.callId}` })),
});

export interface Answered {
  readonly text: string;
  readonly evidence: Evidence[];
  readonly struck: number;
  readonly unsourced: number;
}

/** What was looked up is the answer, word for word. */
export const lookedUp = (readings: readonly Reading[]): Answered => ({
  text: neutral(readings.map(({ text }) => text).join("\n")).slice(0, LONGEST),
  evidence: readings.map(({ text, source, at }) => ({ claim: oneLine(text, LONGEST_CLAIM), source, ...(at === undefined ? {} : { at }) })),
  struck: 0,
  unsourced: 0,
});

/** `said`: the model's words; `own`: the person's. */
export const answerOf = (said: string, { view, deeds, readings, own }: { view: View; deeds: readonly Deed[]; readings: readonly Reading[]; own: string }): Answered => {
  const claims = checkedClaims(neutral(said).trim().slice(0, LONGEST), { view, deeds, readings });
  const numbers = sourced(claims.text, readings, own);
  const record = recordOf(deeds, view);
  return {
    text: [numbers.text, record.text].filter(Boolean).join("\n"),
    evidence: [...record.evidence, ...numbers.evidence],
    struck: claims.struck,
    unsourced: numbers.unsourced,
  };
};
