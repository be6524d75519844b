// Reads the facts a call is decided by, within its deadline, and says in words why not. Changes nothing.
import { JarvisError } from "../contract/error.ts";
import type { Preflight } from "../contract/tool.ts";
import type { BoundTool } from "./bound.ts";
import { within } from "./deadline.ts";
import type { Parts } from "./parts.ts";
import type { Rule } from "./rules.ts";

/** Observations may be this old when the first byte is sent. */
export const OLDEST_MS = 10_000;

/** How it begins when the facts could not be read now; what is certain is told as it is. */
export const UNSURE = "Before acting, Jarvis could not make sure:";

export type Facts = { readonly facts: Preflight; readonly readMs: number } | { readonly rule: Rule; readonly words: string };

const ruleFor = (thrown: unknown): Rule => {
  if (!(thrown instanceof JarvisError)) return "preflight_failed";
  if (thrown.type === "upstream_denied" && thrown.details.data?.definitive === true) return "no_right";
  return thrown.type === "not_found" || thrown.type === "ambiguous" ? thrown.type : "preflight_failed";
};

/** The tool says itself why not, or the call names what is not there: nothing is left to be made sure of. */
const isCertain = (thrown: unknown): boolean =>
  thrown instanceof JarvisError && (thrown.details.data?.definitive === true || thrown.fault === "caller" || thrown.fault === "policy");

export const wordsOf = (thrown: unknown): string => (thrown instanceof JarvisError ? thrown.message : "Something in the tool broke.");

/** `readMs`: when reading began. */
export const readFacts = async (parts: Parts, tool: BoundTool, input: unknown): Promise<Facts> => {
  const readMs = parts.clock.now();
  const { preflight } = tool;
  if (!preflight) return { rule: "preflight_failed", words: `${tool.name} has no way to look first.` };
  try {
    return { facts: parts.redact.data(await within(parts.clock, OLDEST_MS, parts.cut, (signal) => preflight(input, signal))), readMs };
  } catch (thrown) {
    parts.log("debug", "preflight failed", { tool: tool.name, error: String(thrown) });
    const words = isCertain(thrown) ? wordsOf(thrown) : `${UNSURE} ${wordsOf(thrown)}`;
    return { rule: ruleFor(thrown), words: parts.redact.text(words) };
  }
};
