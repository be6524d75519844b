// How far Jarvis may go by itself with one thing, said in words, and the question what it would have done. Reads, decides nothing; what it is not sure of it does not read. Pure.
import type { RuleIntent } from "./veto.ts";

type Limit = Extract<RuleIntent, { kind: "limit" }>;

const THING = String.raw`(?:the\s+)?(?:(?<kind>runbook|remedy|resource)\s+)?(?<what>[\w./@*-]+(?:\s[\w./@*-]+)??)`;
const MODE = "(?<mode>observe|propose|act)";
const FORMS: readonly RegExp[] = [
  new RegExp(String.raw`^(?:set\s+)?(?:the\s+)?autonomy\s+(?:of|for|on|with)\s+${THING}\s+(?:to\s+|is\s+|=\s*)?${MODE}$`, "i"),
  new RegExp(String.raw`^(?:set\s+)?(?:the\s+)?autonomy\s+(?:to\s+)?${MODE}\s+(?:of|for|on|with)\s+${THING}$`, "i"),
  new RegExp(String.raw`^(?<mode>only (?:watch|observe)|(?:watch|observe) only)\s+${THING}$`, "i"),
];

const modeOf = (word: string): Limit["mode"] => (word === "propose" || word === "act" ? word : "observe");

export const readLimit = (words: string): Limit | undefined => {
  const bare = words.replace(/[\s.!]+$/, "");
  const groups = FORMS.map((form) => form.exec(bare)?.groups).find((found) => found !== undefined);
  if (groups?.what === undefined || groups.mode === undefined) return undefined;
  const kind = groups.kind?.toLowerCase();
  return { kind: "limit", mode: modeOf(groups.mode.toLowerCase()), what: groups.what, isRunbook: kind === "runbook" || kind === "remedy", words: words.slice(0, 300) };
};

export const isShadowAsked = (words: string): boolean =>
  /^(?:and )?what (?:would|should) (?:you|u) have (?:done|fixed|repaired)\b|^what did you (?:hold back|not do)\b|^shadow(?: report)?[\s?.!]*$|^was hättest du (?:getan|gemacht)\b/i.test(
    words,
  );
