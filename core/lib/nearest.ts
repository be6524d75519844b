// The nearest known word to a mistyped one (edit distance, swaps count once). Pure; refuses to guess when nothing is near.

const MOST_LETTERS = 60;
/** Beyond so many known words nobody is helped, and the looking takes too long. */
const MOST_KNOWN = 5000;

const distance = (left: string, right: string): number => {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1];
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const choices = [(row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1)];
      if (swapped) choices.push((before[j - 2] ?? 0) + 1);
      next.push(Math.min(...choices));
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
};

/** The closest of `known` within a third of the word's length (at least 2 edits, fewer for words of 1 to 4 letters), or the only one that begins with it. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const typed = word.slice(0, MOST_LETTERS).toLowerCase();
  const begun = known.filter((candidate) => typed.length > 1 && candidate.toLowerCase().startsWith(typed));
  if (begun.length === 1) return begun[0];
  const far = Math.min(Math.max(2, Math.floor(typed.length / 3)), typed.length - 1);
  // Words whose lengths differ by more cannot be that near: most need no comparing.
  const comparable = known.slice(0, MOST_KNOWN).filter((candidate) => Math.abs(candidate.length - typed.length) <= far);
  const [best] = comparable.map((candidate) => ({ candidate, edits: distance(typed, candidate.toLowerCase()) })).sort((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= far ? best.candidate : undefined;
};

/** ` Did you mean X?`, to stand after a sentence; empty when nothing is near. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  return near === undefined ? "" : ` Did you mean ${near}?`;
};
