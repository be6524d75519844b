// The one order of names: numbers in them count as numbers (vm-9 before vm-10), case only where nothing else differs. By hand: the language's own would bring megabytes of the world's alphabets into an idle core.

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const folded = (code: number): number => (code >= 65 && code <= 90 ? code + 32 : code);

/** Where the run of digits that begins at `from` begins to count, and where it ends. */
const numberAt = (text: string, from: number): { first: number; end: number } => {
  let first = from;
  while (text.charCodeAt(first) === 48) first += 1;
  let end = first;
  while (isDigit(text.charCodeAt(end))) end += 1;
  return { first, end };
};

const plainly = (a: string, b: string): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** For `sort`: negative, 0 or positive. Times in ISO 8601 come in their order too. */
export const byText = (a: string, b: string): number => {
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(j)];
    if (isDigit(x) && isDigit(y)) {
      const [left, right] = [numberAt(a, i), numberAt(b, j)];
      const difference = left.end - left.first - (right.end - right.first) || plainly(a.slice(left.first, left.end), b.slice(right.first, right.end));
      if (difference !== 0) return difference;
      [i, j] = [left.end, right.end];
      continue;
    }
    const difference = folded(x) - folded(y);
    if (difference !== 0) return difference;
    [i, j] = [i + 1, j + 1];
  }
  return a.length - i - (b.length - j) || plainly(a, b);
};
