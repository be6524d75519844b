// Text from outside as a model may see it: marked line by line as data, bounded, with nothing in it that hides or could open a turn, and no secret. Refuses to pass anything on as it came. Pure.
import { visible } from "../../lib/visible.ts";

/** Line breaks of any sort would let data leave its marks. */
const BREAKS = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
/** What draws nothing and is no control character: variation selectors, fillers, the empty braille cell. */
const BLANK = /[\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}\u115f\u1160\u3164\uffa0\u2800]/gu;
const STACKED = /(\p{M}{2})\p{M}+/gu;
/** "SYSTEM:" at the start of a line, and the same as a key of JSON. */
const ROLE = /^([\s"'*#>-]*(?:system|user|assistant|human|ai|tool|operator|developer|jarvis|person|result|function|model)(?:\s+(?:note|prompt|message|result))?["'*]*\s*):/gim;
const ROLE_KEY = /("(?:role|tool_calls?|function_call|tool_use|tool_result)"\s*):/gi;
const BRACKETED = /\[(?=\/?(?:inst|sys|system|assistant|user|tool|data|end)\b)/gi;

/** One for one, so that what was bounded stays so: angle brackets, role words and template marks lose the sign that makes them one. */
export const neutral = (text: string): string =>
  visible(text.replace(BREAKS, "\n"))
    .replace(BLANK, "\ufffd")
    .replace(STACKED, "$1")
    .replace(/[<＜]/g, "‹")
    .replace(/[>＞]/g, "›")
    .replace(BRACKETED, "⟦")
    .replace(ROLE, "$1∶")
    .replace(ROLE_KEY, "$1∶");

/** In one line: a name, a label. */
export const oneLine = (text: string, most: number): string => {
  const flat = neutral(text).replace(/\s+/g, " ").trim();
  return flat.length > most ? `${flat.slice(0, most)}…` : flat;
};

const MARK = "| ";

/** `redact`: takes secrets out. Every line begins with the mark that the rules tell the model about. */
export const asData = (text: string, source: string, redact: (text: string) => string): string =>
  `Data from ${oneLine(source, 100)}:\n${neutral(redact(text))
    .split("\n")
    .map((line) => `${MARK}${line}`)
    .join("\n")}`;
