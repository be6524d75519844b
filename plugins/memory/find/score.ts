// How well a line fits some words: how many of them it has. German and English; accents and endings count little. Pure.

/** Words that say nothing of what is looked for. */
const EMPTY = new Set(
  "the a an of for on in at to from by with and or is are was were be do does did has have i me my we you your it its this that there what which who when where why how can could would should please tell know about der die das den dem ein eine einen und oder ist sind war von zu auf im mit was wer wie wo warum ich du er sie es wir mir dir".split(
    " ",
  ),
);
const MOST_WORDS = 24;

const plain = (text: string): string =>
  text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "");

export const tellingWords = (text: string): string[] => {
  const all = [...new Set(plain(text).match(/[\p{L}\p{N}]+/gu) ?? [])];
  return all.filter((word) => !EMPTY.has(word) && word.length > 1).slice(0, MOST_WORDS);
};

/** 0 to 1: the share of the words that the line has, whole or as a beginning (`backup` in `backups`). */
export const fitOf = (words: readonly string[], line: string): number => {
  if (words.length === 0) return 0;
  const own = plain(line).match(/[\p{L}\p{N}]+/gu) ?? [];
  const hits = words.filter((word) => own.some((one) => one === word || (word.length > 3 && one.startsWith(word))));
  return hits.length / words.length;
};
