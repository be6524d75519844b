// Words of questions as they were probably meant: letters swapped, one too many or too few. No word that orders or denies is ever made of another. Pure.

const MEANT =
  "what which where when why how who status wrong broken today running stopped overview problems incidents changed happened list show guests nodes storages containers backups backup snapshots logs yesterday everything report".split(
    " ",
  );
/** Words of their own that are near one of those. */
const OWN: ReadonlySet<string> = new Set(
  "was wer wie hat war wo wann host hosts note notes guess test tests stats start stop wrote backed whole shown shop shot then than that wet won".split(" "),
);

const isSwapped = (a: string, b: string): boolean => {
  if (a.length !== b.length) return false;
  const off = [...a].flatMap((letter, index) => (letter === b[index] ? [] : [index]));
  const [first = 0, second = 0] = off;
  return off.length === 2 && second === first + 1 && a[first] === b[second] && a[second] === b[first];
};

const isOneOff = (a: string, b: string): boolean => {
  if (Math.abs(a.length - b.length) !== 1) return false;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return [...long].some((_, index) => index > 0 && long.slice(0, index) + long.slice(index + 1) === short);
};

/** Undefined: it is a word already, or near none or several. */
export const spelling = (word: string): string | undefined => {
  if (word.length < 3 || MEANT.includes(word) || OWN.has(word)) return undefined;
  const swapped = MEANT.filter((meant) => isSwapped(word, meant));
  const near = swapped.length > 0 ? swapped : MEANT.filter((meant) => isOneOff(word, meant));
  return near.length === 1 ? near[0] : near.find((meant) => meant[0] === word[0]);
};

/** The sentence with such words put right; names of the house stay as they are. */
export const respelt = (text: string, isName: (word: string) => boolean): string =>
  text.replace(/[a-z]{3,}/gi, (word) => (isName(word.toLowerCase()) ? word : (spelling(word.toLowerCase()) ?? word)));
