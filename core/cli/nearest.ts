// The nearest known word to a mistyped one (edit distance, swaps count once). Pure; refuses to guess when nothing is near.

const MAX_WORD = 60;

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

/** The closest of `known` within a third of the word's length (at least 2 edits), or one that begins with it. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const typed = word.slice(0, MAX_WORD).toLowerCase();
  const begun = known.filter((candidate) => typed.length > 1 && candidate.startsWith(typed));
  if (begun.length === 1) return begun[0];
  const ranked = known.map((candidate) => ({ candidate, far: distance(typed, candidate) })).sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= Math.max(2, Math.floor(typed.length / 3)) ? best.candidate : undefined;
};
