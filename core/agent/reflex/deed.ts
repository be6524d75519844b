// One call of a tool as a person would tell it: plain verbs from the tool's own name, the name of what it was done to, and how it ended. Knows no tool. Pure.
import { type Call, outside } from "../../contract/call.ts";
import type { LiveResource } from "../../contract/resource.ts";
import { clause, plainCall } from "../../lib/plain-call.ts";
import { objectOf, verbsOf } from "../../lib/tool-words.ts";

/** In the order they are told: what nobody knows comes first. */
export const ENDS = ["unknown", "failed", "running", "held", "succeeded", "refused"] as const;
export type End = (typeof ENDS)[number];

/** The owner's name where it is known; else the last part of the id, with its kind. */
export const nameOf = (id: string, resources: readonly LiveResource[]): string => {
  const known = resources.find((resource) => resource.id === id);
  if (known && known.name !== "") return known.name;
  const [kind = "", ...rest] = id.split("/");
  const last = rest.at(-1) ?? id;
  return /^\d+$/.test(last) ? `${kind} ${last}` : last;
};

const LONGEST_ID = 40;
const askedBy = ({ caller }: Call): string => {
  const id = caller.id.slice(0, LONGEST_ID);
  if (caller.kind === "operator") return ", as you asked";
  if (caller.kind === "script" || caller.kind === "mcp") return `, as ${id} asked`;
  return caller.kind === "runbook" ? `, by the runbook ${id.split("/").at(-1) ?? id}` : "";
};

const LONGEST_WHY = 600;
/** Why, in words for people. */
const because = (call: Call, resources: readonly LiveResource[]): string => {
  const plain = plainCall(call.text ?? call.why ?? "", { tool: call.tool, callerId: call.caller.id }, (id) => resources.find((one) => one.id === id)?.name);
  const words = clause(plain, LONGEST_WHY);
  return words === "" ? "." : `: ${words}.`;
};

const CONSOLE = "console/";
/** A console is a person's: what was opened on what, or why not; no act of Jarvis's own. */
export const consoleWords = (call: Call, resources: readonly LiveResource[]): string | undefined => {
  if (!call.target?.startsWith(CONSOLE)) return undefined;
  const on = nameOf(call.target.slice(CONSOLE.length), resources);
  const by = call.caller.kind === "operator" ? "" : ` by ${call.caller.id.slice(0, LONGEST_ID)}`;
  const end = outside(call.state);
  if (end === "succeeded" || end === "running") return `A console on ${on} was opened${by}.`;
  return end === "unknown" ? `A console on ${on} was asked for${by}; whether it was opened is not known.` : `A console on ${on} could not be opened${because(call, resources)}`;
};

export interface Deed {
  end: End;
  /** The same of it means the same deed, done again. */
  key: string;
  at: string;
  callId: string;
  /** `times`: how often; `at`: the last time, HH:MM. */
  tell: (times: number, at: string) => string;
}

export const deedOf = (call: Call, resources: readonly LiveResource[]): Deed => {
  const end = outside(call.state);
  const { plain, past } = verbsOf(call.tool);
  const object = objectOf(call.tool, call.target, call.target === null ? "" : nameOf(call.target, resources));
  const [by, why] = [askedBy(call), because(call, resources)];
  const when = (times: number, at: string): string => (times === 1 ? `at ${at}` : `${times} times, last at ${at}`);
  const tell: Record<End, Deed["tell"]> = {
    succeeded: (times, at) => `I ${past} ${object} ${when(times, at)}${by}, and it held.`,
    failed: (times, at) => `I tried to ${plain} ${object} ${when(times, at)}${by}, and it failed${why}`,
    unknown: (times, at) => `I tried to ${plain} ${object} ${when(times, at)}${by}, and do not know how it ended${why}`,
    running: (times, at) => `I am about to ${plain} ${object}, begun ${when(times, at)}${by}; it has not ended yet.`,
    held: (times, at) => `I would ${plain} ${object} and wait for your word, asked ${when(times, at)}.`,
    refused: (times, at) => `I did not ${plain} ${object} ${when(times, at)}${by}${why}`,
  };
  const told = end === "failed" || end === "unknown" || end === "refused" ? why : "";
  return { end, key: [end, plain, object, by, told].join("|"), at: call.createdAt, callId: call.callId, tell: tell[end] };
};
