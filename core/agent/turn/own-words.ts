// Which part of a message is the person's own: not what they quote, paste or cite. What is in doubt is not theirs. Pure.

/** A longer message is a story or a paste; what is to be done of it is asked about. */
export const LONGEST_OWN = 240;

const FENCED = /```[\s\S]*?(?:```|$)/g;
/** One bare name may stand in quotes; more is somebody else's words, and an unclosed quote goes to the end. */
const QUOTED = /(["“”„«»`])(?!\1)([\s\S]*?)(?:["“”„«»`]|$)/g;
const SINGLE = /(?<![\p{L}\p{N}])'([^'\n]{0,400})'(?![\p{L}\p{N}])/gu;
const CITED = /^\s*(?:[>|#$%*+-]|\d{4}-\d\d-\d\d|\[|\w{3} {1,2}\d{1,2} \d\d:\d\d)/;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._/@-]{0,63}$/u;
/** Before a colon only an address may stand: what follows any other is what somebody says. */
const ADDRESS = /^\s*(?:(?:hey|hi|ok|okay|please|bitte|jarvis)[\s,]*)+$/i;

const unquoted = (text: string): string => {
  const named = (inner: string): string => (NAME.test(inner.trim()) ? ` ${inner.trim()} ` : " … ");
  return text
    .replace(FENCED, " … ")
    .replace(SINGLE, (_, inner: string) => named(inner))
    .replace(QUOTED, (_, _mark: string, inner: string) => named(inner));
};

const beforeColon = (line: string): { text: string; ends: boolean } => {
  const at = line.search(/:(?=\s|$)/);
  if (at < 0) return { text: line, ends: false };
  const [head, tail] = [line.slice(0, at), line.slice(at + 1)];
  return ADDRESS.test(head) ? { text: tail, ends: false } : { text: head, ends: true };
};

/** The person's own words, on one line; empty where there are none to be sure of. `isLoose`: what follows a colon too, where nothing is done by it. */
export const ownWords = (message: string, isLoose = false): string => {
  const own: string[] = [];
  for (const line of unquoted(message.replace(/[’‘]/g, "'")).split("\n")) {
    if (line.trim() === "") {
      if (own.length > 0) break;
      continue;
    }
    if (CITED.test(line)) break;
    const { text, ends } = isLoose ? { text: line, ends: false } : beforeColon(line);
    own.push(text.trim());
    if (ends) break;
  }
  return own.join(". ").trim();
};

/** Whether so little was said that all of it can be taken for the person's own. */
export const isShort = (message: string): boolean => message.trim().length <= LONGEST_OWN && !/\.\.\.|…|<[a-z/!]/i.test(message);
