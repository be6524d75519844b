// How many tokens a text is at most, for servers that do not count: by what stands in it, without a tokenizer. Refuses to guess low.

const encoder = new TextEncoder();
const PIECES = /[A-Za-z]+|\n+|[ \t]{2,}| |[^A-Za-z\s]|\s/g;
/** Each message brings its own marks. */
export const MESSAGE_TOKENS = 8;

const piece = (text: string): number => {
  const code = text.charCodeAt(0);
  // A word: byte-pair vocabularies hold two letters and more as one; a hash or a rare word has few longer ones.
  if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) return Math.ceil(text.length / 2);
  if (text === " ") return 0;
  if (code <= 32) return Math.ceil(text.length / 4);
  // Digits and marks one by one; what is not ASCII by its bytes.
  return code < 128 ? 1 : encoder.encode(text).length;
};

export const tokensAtMost = (text: string): number => {
  let tokens = 0;
  for (const [found] of text.matchAll(PIECES)) tokens += piece(found);
  return tokens + (text.length > 0 ? 1 : 0);
};
