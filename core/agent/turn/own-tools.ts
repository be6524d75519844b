// The two tools that are the turn's own: a look at one thing, and the next part of a result that was cut. They change nothing and leave the house alone.
import type { ToolFace } from "../models/model.ts";
import { overview, type View } from "../reflex/answers.ts";
import { nearTo, whatIsMeant } from "../reflex/name.ts";
import { statusAndRoot } from "../reflex/why.ts";
import type { Reading } from "./reading.ts";
import { isInput } from "./target.ts";

export const LOOK: ToolFace = {
  name: "look",
  about: "State of one thing by its name; of all without",
  input: { type: "object", properties: { name: { type: "string" } }, required: [] },
};
export const MORE: ToolFace = { name: "more", about: "Next part of a cut result", input: { type: "object", properties: { handle: { type: "string" } }, required: ["handle"] } };

const MOST_NAMED = 8;

/** `isError`: the words say what to do instead. */
export interface Told {
  readonly readings: readonly Reading[];
  readonly isError: boolean;
}

export const wordIn = (input: unknown, field: string): string => {
  const value = isInput(input) ? input[field] : undefined;
  return typeof value === "string" || typeof value === "number" ? String(value).trim().slice(0, 200) : "";
};

export const lookAt = (view: View, input: unknown): Told => {
  const name = wordIn(input, "name");
  const nowIso = new Date(view.nowMs).toISOString();
  if (name === "") return { readings: [{ text: overview(view).text, source: "core/resources", at: nowIso }], isError: false };
  const meant = whatIsMeant(name, view.resources);
  if (meant.found === "one")
    return { readings: [{ text: statusAndRoot(view, meant.resource).text, source: `core/resources ${meant.resource.id}`, at: meant.resource.at }], isError: false };
  const words =
    meant.found === "many"
      ? `Several fit: ${meant.resources
          .slice(0, MOST_NAMED)
          .map((one) => `${one.name} (${one.id})`)
          .join(", ")}. Use one id.`
      : `Nothing is called that.${nearTo(name, view.resources)} Look without a name for the whole.`;
  return { readings: [{ text: words, source: "core/resources", at: nowIso }], isError: true };
};
