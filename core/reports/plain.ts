// Text from outside made harmless: one line, bounded, nothing hidden; and so escaped that markdown shows it as it is, with no link, picture, tag or code of its own. Pure.
import { visible } from "../lib/visible.ts";

const CUT = "…";

/** One line of at most `most` characters, every hidden character a sign. */
export const oneLine = (text: string, most: number): string => {
  const line = visible(text)
    .replace(/[\s\u2028\u2029]+/g, " ")
    .trim();
  if (line.length <= most) return line;
  return `${line.slice(0, most - CUT.length).replace(/[\uD800-\uDBFF]$/, "")}${CUT}`;
};

/** What a reader of markdown acts on anywhere in a line. `_` within a word is none. */
const ACTIVE = /[\\`*[\]{}<>|~$&@!#]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
/** Bare addresses that some readers make links of. */
const ADDRESS = /:(?=\/\/)|(?<=\b(?:www|mailto|ftp|xmpp))[.:]/gi;

/** For the middle of a line. */
export const escaped = (line: string): string => line.replace(ACTIVE, "\\$&").replace(ADDRESS, "\\$&");

const LONGEST_CODE = 600;
/** An id or a command in a code span, where nothing is read as anything. */
export const code = (id: string): string => `\`${oneLine(id, LONGEST_CODE).replaceAll("`", "'")}\``;
