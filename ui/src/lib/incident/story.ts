// The five step panels of an incident, made from its timeline. Pure.
import type { IncidentDetail } from "$contract/incident.ts";
import { isTold } from "../resource/turn.ts";
import { STEPS, stepNow, stepsDone } from "../resource/work.ts";

export interface Step {
  name: (typeof STEPS)[number];
  state: "done" | "now" | "later" | "skipped";
  at: string | undefined;
  words: string;
}

const KEYS = ["detected", "diagnosed", "acted", "verifying", "report"] as const;
const AHEAD = ["", "Looking for the cause.", "Nothing was done yet.", "Waits for the act.", "You get one when it is over."];
/** Told at once, because nothing was there to be done: not the words of a failure. */
const TOLD = ["", "No cause was found.", "Nothing I have mends this, so I told you.", "I look on and say when it is over.", "Told; it needs you."];
const SKIPPED = ["", "No cause was found.", "Nothing was done.", "There was nothing to check.", "No report."];

/** `still`: why nothing is done about it now. */
export const storySteps = (incident: IncidentDetail, still?: string): Step[] => {
  const done = stepsDone(incident);
  const now = stepNow(incident);
  const told = isTold(incident);
  const skipped = told ? TOLD : SKIPPED;
  return STEPS.map((name, index): Step => {
    const entries = incident.timeline.filter(({ step }) => step === KEYS[index]);
    const last = entries.at(-1);
    const over = incident.status === "resolved" || told || (incident.status === "escalated" && index < STEPS.length - 1);
    // What was tried and failed was done all the same, and the next try is not lit before it begins.
    const tried = incident.status === "open" && name === "Acted";
    const state = last && (index < done || over || tried) ? "done" : over ? "skipped" : index === now && !told ? "now" : index < done ? (last ? "done" : "skipped") : "later";
    const unproved = name === "Verifying" && incident.timeline.some(({ step }) => step === "acted") ? "The act failed, so there was nothing to watch over." : undefined;
    const words =
      last?.words ??
      (state === "skipped" ? unproved : undefined) ??
      (name === "Diagnosed" && incident.cause.words !== ""
        ? incident.cause.words
        : state === "skipped"
          ? (skipped[index] ?? "")
          : ((name === "Acted" ? still : undefined) ?? AHEAD[index] ?? ""));
    return { name, state: state === "skipped" && name === "Diagnosed" && incident.cause.words !== "" ? "done" : state, at: last?.at, words };
  });
};
