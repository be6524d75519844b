// The lab model's tokenizer: the same text always gives the same tokens, about as many as a real one's. It counts; it cannot be turned back into text.

const PIECE = /<\|[a-z_]{1,20}\|>|\s?\p{L}{1,6}|\s?\d{1,3}|\s*[^\s\p{L}\d]|\s+/gu;
const VOCABULARY = 151_936;
const OFFSET = 2_166_136_261;
const PRIME = 16_777_619;

const idOf = (piece: string): number => {
  let hash = OFFSET;
  for (let at = 0; at < piece.length; at++) hash = Math.imul(hash ^ piece.charCodeAt(at), PRIME) >>> 0;
  return hash % VOCABULARY;
};

/** The text in the pieces it is read and written in. */
export const piecesOf = (text: string): string[] => text.match(PIECE) ?? [];

export const tokensOf = (text: string): number[] => piecesOf(text).map(idOf);

export const countOf = (text: string): number => piecesOf(text).length;

/** How many of the first tokens are the same. */
export const samePrefix = (before: readonly number[], now: readonly number[]): number => {
  const most = Math.min(before.length, now.length);
  let at = 0;
  while (at < most && before[at] === now[at]) at++;
  return at;
};
