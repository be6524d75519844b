// The five step panels of an incident, made from its timeline. Pure.
import type { IncidentDetail } from "$contract/incident.ts";
import { STEPS, stepsDone } from "../resource/work.ts";

export interface Step {
  name: (typeof STEPS)[number];
  state: "done" | "now" | "later" | "skipped";
  at: string | undefined;
  words: string;
}

const KEYS = ["detected", "diagnosed", "acted", "verifying", "report"] as const;
const AHEAD = ["", "Looking for the cause.", "Nothing was done yet.", "Waits for the act.", "You get one when it is over."];
const SKIPPED = ["", "No cause was found.", "Nothing was done.", "There was nothing to check.", "No report."];

export const storySteps = (incident: IncidentDetail): Step[] => {
  const done = stepsDone(incident);
  return STEPS.map((name, index): Step => {
    const entries = incident.timeline.filter(({ step }) => step === KEYS[index]);
    const last = entries.at(-1);
    const over = incident.status === "resolved" || (incident.status === "escalated" && index < STEPS.length - 1);
    const state = last && (index < done || over) ? "done" : over ? "skipped" : index === done ? "now" : index < done ? (last ? "done" : "skipped") : "later";
    const unproved = name === "Verifying" && incident.timeline.some(({ step }) => step === "acted") ? "The act failed, so there was nothing to watch over." : undefined;
    const words =
      last?.words ??
      (state === "skipped" ? unproved : undefined) ??
      (name === "Diagnosed" && incident.cause.words !== "" ? incident.cause.words : state === "skipped" ? (SKIPPED[index] ?? "") : (AHEAD[index] ?? ""));
    return { name, state: state === "skipped" && name === "Diagnosed" && incident.cause.words !== "" ? "done" : state, at: (entries[0] ?? last)?.at, words };
  });
};
