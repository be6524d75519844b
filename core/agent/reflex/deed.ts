// One call of a tool as a person would tell it: plain verbs from the tool's own name, the name of what it was done to, and how it ended. Knows no tool. Pure.
import { type Call, outside } from "../../contract/call.ts";
import type { LiveResource } from "../../contract/resource.ts";
import { partsOf } from "./tool.ts";

/** In the order they are told: what nobody knows comes first. */
export const ENDS = ["unknown", "failed", "running", "held", "succeeded", "refused"] as const;
export type End = (typeof ENDS)[number];

const SAID: Record<string, [plain: string, past: string]> = {
  shutdown: ["shut down", "shut down"],
  stop: ["stop", "stopped"],
  reset: ["reset", "reset"],
  run: ["run", "ran"],
  set: ["change", "changed"],
  get: ["look at", "looked at"],
  prune: ["clean up", "cleaned up"],
};
const verbs = (verb: string): [plain: string, past: string] => SAID[verb] ?? [verb, verb.endsWith("e") ? `${verb}d` : `${verb}ed`];

/** The owner's name where it is known; else the last part of the id, with its kind. */
export const nameOf = (id: string, resources: readonly LiveResource[]): string => {
  const known = resources.find((resource) => resource.id === id);
  if (known && known.name !== "") return known.name;
  const [kind = "", ...rest] = id.split("/");
  const last = rest.at(-1) ?? id;
  return /^\d+$/.test(last) ? `${kind} ${last}` : last;
};

const objectOf = (call: Call, resources: readonly LiveResource[]): string => {
  const { noun } = partsOf(call.tool);
  if (call.target === null) return `the ${noun || "house"}`;
  const name = nameOf(call.target, resources);
  const [kind = ""] = call.target.split("/");
  if (noun === kind || noun === "") return name;
  return kind === "service" ? `the ${noun} ${name}` : `the ${noun} of ${name}`;
};

const LONGEST_ID = 40;
const askedBy = ({ caller }: Call): string => {
  const id = caller.id.slice(0, LONGEST_ID);
  if (caller.kind === "operator") return ", as you asked";
  if (caller.kind === "script" || caller.kind === "mcp") return `, as ${id} asked`;
  return caller.kind === "runbook" ? `, by the runbook ${id.split("/").at(-1) ?? id}` : "";
};

const because = (text: string | undefined): string => {
  const words = (text ?? "").replace(/\s+/g, " ").trim().slice(0, 300);
  return words === "" ? "." : `: ${words.replace(/[.\s]+$/, "")}.`;
};

const CONSOLE = "console/";
/** A console is a person's: what was opened on what, or why not; no act of Jarvis's own. */
export const consoleWords = (call: Call, resources: readonly LiveResource[]): string | undefined => {
  if (!call.target?.startsWith(CONSOLE)) return undefined;
  const on = nameOf(call.target.slice(CONSOLE.length), resources);
  const by = call.caller.kind === "operator" ? "" : ` by ${call.caller.id.slice(0, LONGEST_ID)}`;
  const end = outside(call.state);
  if (end === "succeeded" || end === "running") return `A console on ${on} was opened${by}.`;
  return end === "unknown"
    ? `A console on ${on} was asked for${by}; whether it was opened is not known.`
    : `A console on ${on} could not be opened${because(call.text ?? call.why)}`;
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
  const [plain, past] = verbs(partsOf(call.tool).verb);
  const object = objectOf(call, resources);
  const [by, why] = [askedBy(call), because(call.text ?? call.why)];
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
