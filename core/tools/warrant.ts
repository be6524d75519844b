// What an incident lets a remedy or runbook do: the tools its prescription named, on what it named, while the incident is open and its own root. Pure.
import type { Rule } from "./rules.ts";

/** `over`: nothing any more, for this reason. `by`: who prescribed, absent when nobody did; `targets`: the root, or what stands on it where the prescription means that. */
export type Warrant =
  | { readonly over: string }
  | { readonly root: string; readonly by: string | undefined; readonly tools: readonly string[]; readonly targets: readonly string[] };

/** `target`: absent until the facts are read. */
interface Step {
  readonly incident: string;
  readonly by: string;
  readonly tool: string;
  readonly target: string | undefined;
}

export interface Stray {
  readonly rule: Extract<Rule, "incident_over" | "off_incident">;
  readonly words: string;
}

const off = (words: string): Stray => ({ rule: "off_incident", words: `${words} Nothing was sent.` });

/** Why a step is not for its incident; undefined when it is. */
export const strayOf = (warrant: Warrant, { incident, by, tool, target }: Step): Stray | undefined => {
  if ("over" in warrant) return { rule: "incident_over", words: `${warrant.over} Nothing is done for it any more; nothing was sent.` };
  if (warrant.by === undefined) return off(`Nobody prescribed anything for ${incident}.`);
  if (warrant.by !== by) return off(`${by} was not prescribed for ${incident}, but ${warrant.by}.`);
  if (!warrant.tools.includes(tool)) return off(`${by} is prescribed for ${incident} without ${tool}.`);
  if (target === undefined || warrant.targets.includes(target)) return undefined;
  return off(`${incident} is about ${warrant.root}, and ${by} was not prescribed for ${target}.`);
};
