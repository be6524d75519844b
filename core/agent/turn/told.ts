// What a model is told of a call it wished for: how it ended in words it can act on, and never more than happened. Pure.
import type { CallAnswer } from "../../contract/call.ts";
import { JarvisError } from "../../contract/error.ts";
import type { BoundTool } from "../../tools/bound.ts";

const SHORT = 200;

const dataOf = ({ data, text }: CallAnswer): string => {
  if (data === undefined || text.length >= SHORT) return "";
  try {
    return `\n${JSON.stringify(data)}`;
  } catch {
    return "";
  }
};

/** `head` is the house's own word; `text` what the tool said, which is data. */
export const toldOf = (tool: BoundTool, answer: CallAnswer): { head: string; text: string; isError: boolean } => {
  const text = `${answer.text}${tool.effect === "read" ? dataOf(answer) : ""}`;
  switch (answer.state) {
    case "succeeded":
      return { head: tool.effect === "read" ? "" : "succeeded: it is done and was checked.", text, isError: false };
    case "held":
      return { head: "held: it is NOT done; it waits for the person, who was asked on the screen. Say so and go on.", text, isError: false };
    case "running":
      return { head: "running: begun, not ended. Do not call it again; say it goes on.", text, isError: false };
    case "refused":
      return { head: `refused (${answer.rule ?? "policy"}): it is NOT done and will be refused again. Say so.`, text, isError: true };
    case "unknown":
      return { head: "unknown: nobody knows whether it was done. Do not call it again; say so.", text, isError: true };
    default:
      return { head: "failed: it is NOT done.", text, isError: true };
  }
};

/** An error in words that say what to do instead. Undefined for what is no fault of the wish: a bug is not the model's to mend. */
export const toldOfError = (thrown: unknown): string => {
  if (thrown instanceof JarvisError && thrown.type === "bad_input") return `The arguments do not fit: ${thrown.message}. Call it once more with these mended, or do without.`;
  if (thrown instanceof JarvisError) return `It could not be called: ${thrown.message}`;
  return "It could not be called: something in Jarvis is broken. Do without.";
};
