// A call's answer in MCP's words: one text for the model, the same facts as data for programs. Says plainly what was not done; a held call is told whom to ask.
import type { CallToolResult } from "@modelcontextprotocol/server";
import type { CallAnswer } from "../contract/call.ts";
import { marked, plainData } from "./outside.ts";

const GET = "jarvis_call_get";

const byPerson = (ask: string | undefined): string =>
  `Held: nothing was sent. The operator has to approve ask ${ask ?? "of this call"} first, on Jarvis's screen or with ./jarvis asks approve ${ask ?? "ID"}. It cannot be approved through MCP; do not try another way around it.`;

/** Jarvis's own words about how it stands. */
export const standing = (tool: string, { callId, state, rule, ask, upid }: CallAnswer): string => {
  const later = `Look again with ${GET} {"callId": "${callId}"}.`;
  if (state === "succeeded") return `${tool}: done.`;
  if (state === "held") return `${byPerson(ask)} ${later}`;
  if (state === "running") return `${tool} is still running${upid === undefined ? "" : ` as ${upid}`}. ${later}`;
  if (state === "refused") return `${tool} was refused (${rule ?? "policy"}): nothing was sent. The rule holds for every other way to the same end.`;
  if (state === "failed") return `${tool} failed.`;
  return `How ${tool} ended is not known: it may have happened. Do not repeat it; look at the target first. ${later}`;
};

const ERRORS: ReadonlySet<CallAnswer["state"]> = new Set(["failed", "refused", "unknown"]);

/** `fits`: whether data is what the tool's output schema says; absent: it has none. */
export const resultOf = (tool: string, answer: CallAnswer, fits: (data: unknown) => boolean = () => true): CallToolResult => {
  const { data: given, text, ...rest } = answer;
  const data = given === undefined || !fits(given) ? undefined : plainData(given);
  const isLost = given !== undefined && data === undefined;
  const lost = "The data is too large to hand over here: ask for less, or read it over the API.";
  const warnings = [...(rest.warnings ?? []), ...(isLost ? [lost] : [])];
  const words = [standing(tool, answer), ...(text === "" ? [] : [marked(tool, text)]), ...warnings.map((warning) => `Warning: ${warning}`)];
  return {
    content: [{ type: "text", text: words.join("\n") }],
    structuredContent: { ...Object(plainData({ ...rest, text })), ...(data === undefined ? {} : { data }), ...(warnings.length === 0 ? {} : { warnings }) },
    ...(ERRORS.has(answer.state) ? { isError: true } : {}),
  };
};

/** What could not even be asked for: told as a result, so that a model can mend its call. */
export const mistaken = (tool: string, words: string): CallToolResult => ({ content: [{ type: "text", text: `${tool}: ${words}` }], isError: true });
