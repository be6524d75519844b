// Text from outside -> plain JSON: refuses depth, numbers of things, duplicate and poisonous keys, and broken strings.
import { JarvisError } from "../contract/error.ts";

const DEEPEST = 64;
const MOST_THINGS = 20_000;
const POISON = new Set(["__proto__", "constructor", "prototype"]);

const refuse = (message: string): never => {
  throw new JarvisError("invalid_request", { message });
};

/** Index of the quote that ends the string begun at `start`. */
const stringEnd = (text: string, start: number): number => {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
};

const checkKey = (raw: string, keys: Set<string> | undefined): void => {
  const key = raw.includes("\\") ? String(JSON.parse(raw)) : raw.slice(1, -1);
  if (POISON.has(key)) refuse(`The key ${key} is not allowed.`);
  if (keys?.has(key)) refuse(`The key ${key.slice(0, 60)} comes twice in one object.`);
  keys?.add(key);
};

const FOLLOWING_COLON = /\s*:/y;
const isKey = (text: string, after: number): boolean => {
  FOLLOWING_COLON.lastIndex = after;
  return FOLLOWING_COLON.test(text);
};

/** Walks the text once, before anything is built from it. */
const measure = (text: string): void => {
  const open: (Set<string> | undefined)[] = [];
  let things = 0;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at];
    if (mark === '"') {
      const end = stringEnd(text, at);
      if (isKey(text, end + 1)) checkKey(text.slice(at, end + 1), open.at(-1));
      at = end;
    } else if (mark === "{" || mark === "[") {
      open.push(mark === "{" ? new Set() : undefined);
      if (open.length > DEEPEST) refuse(`It is nested deeper than ${DEEPEST}.`);
    } else if (mark === "}" || mark === "]") open.pop();
    else if (mark === ",") {
      things += 1;
      if (things > MOST_THINGS) throw new JarvisError("too_large", { message: `It has more than ${MOST_THINGS} parts.` });
    }
  }
};

const wellFormed = (_key: string, value: unknown): unknown => (typeof value === "string" && !value.isWellFormed() ? refuse("A string holds half a character.") : value);

/** Throws `parse` when it is no JSON, `invalid_request` or `too_large` when it is JSON that we do not take. */
export const parseJson = (text: string): unknown => {
  let value: unknown;
  try {
    measure(text);
    value = JSON.parse(text);
  } catch (failure) {
    if (failure instanceof JarvisError) throw failure;
    throw new JarvisError("parse", { cause: failure });
  }
  return text.includes("\\u") ? JSON.parse(text, wellFormed) : value;
};
