// What a sentence holds that an argument could be made of: ids, quoted words, numbers with their units, names. Each is given away once. Pure but for that.
import { deedOf, isSilent, kindOf, wordsIn } from "./words.ts";

const KIND_WORDS: ReadonlySet<string> = new Set(["guest", "node", "container", "storage", "service", "fact", "fault", "snapshot", "backup", "incident", "runbook", "report"]);
/** What gives a new thing its name, and the arguments that take it. */
const NAMING: ReadonlySet<string> = new Set(["called", "named", "as"]);
const NAMED: ReadonlySet<string> = new Set(["name", "snapshot", "snapname", "label"]);
const QUOTED = /"([^"]{1,500})"|'([^']{1,500})'|`([^`]{1,500})`|\u201c([^\u201d]{1,500})\u201d/gu;
const ID = /\b[a-z][a-z-]{1,20}\/[A-Za-z0-9][A-Za-z0-9._/-]{0,80}/g;
const NUMBER = /(?<![\w./-])(-?\d{1,12}(?:\.\d{1,6})?)(?:\s?(%|[a-z]{1,12}))?/gi;
const NAME = /^[\p{L}\d][\p{L}\d._-]{0,63}$/u;

export interface Heard {
  text: string;
  /** A number said with this unit (`minutes`, `percent`), or any. */
  number(unit: string, fits: (value: number) => boolean): number | undefined;
  /** A word or phrase that may be the name of such a thing. */
  name(kind: string, fits: (text: string) => boolean): string | undefined;
  /** What is quoted, or stands behind the first of these words, or after a colon. */
  free(after: readonly string[]): string | undefined;
}

const unitOf = (word: string | undefined): string => (word === "%" ? "percent" : (word ?? "").toLowerCase().replace(/s$/, ""));

const isName = (word: string): boolean => NAME.test(word) && !isSilent(word) && deedOf(word) === undefined && !KIND_WORDS.has(kindOf(word)) && !/^\d+$/.test(word);

/** Names in the order they are to be tried for a thing of that kind: the one that stands beside the kind's word, then for what carries others the one after "on". */
const ranked = (text: string, kind: string, known: string): string[] => {
  const words = text.split(/[\s,;:!?()]+/).map((word) => word.replace(/^["'`]+|["'`.]+$/g, ""));
  const score = (at: number): number => {
    const before = words[at - 1]?.toLowerCase() ?? "";
    const after = words[at + 1]?.toLowerCase() ?? "";
    if (NAMING.has(before)) return NAMED.has(kind) ? 9 : -2;
    if (known.includes(words[at]?.toLowerCase() ?? "") && !NAMED.has(kind)) return 4;
    if (kindOf(before) === kind || kindOf(after) === kind) return 3;
    const isCarrier = kind === "node" || kind === "storage";
    return before === "on" || before === "to" ? (isCarrier ? 2 : -1) : isCarrier ? -1 : 1;
  };
  return words
    .map((word, at) => ({ word, at }))
    .filter(({ word }) => isName(word))
    .toSorted((a, b) => score(b.at) - score(a.at) || a.at - b.at)
    .map(({ word }) => word);
};

/** `context`: what was told of the house; a name that stands in it is tried first. */
export const hear = (text: string, context = ""): Heard => {
  const known = context.toLowerCase();
  const given = new Set<string>();
  const take = <T extends string | number>(found: T | undefined): T | undefined => {
    if (found !== undefined) given.add(String(found));
    return found;
  };
  const quoted = (): string[] => [...text.matchAll(QUOTED)].map((parts) => parts.slice(1).find((part) => part !== undefined) ?? "");
  return {
    text,
    number(unit, fits) {
      const all = [...text.matchAll(NUMBER)].map(([, digits = "", word]) => ({ value: Number(digits), unit: unitOf(word) }));
      const free = all.filter(({ value }) => !given.has(String(value)) && fits(value));
      const wanted = unitOf(unit);
      return take((free.find((one) => wanted !== "" && one.unit !== "" && (one.unit === wanted || wanted.startsWith(one.unit))) ?? free[0])?.value);
    },
    name(kind, fits) {
      const ids = text.match(ID) ?? [];
      const own = ids.filter((id) => id.startsWith(`${kind}/`));
      const tried = [...own, ...ids, ...ranked(text.replace(QUOTED, " "), kind, known), ...quoted()];
      return take(
        tried.find((one) => !given.has(one) && fits(one)) ?? tried.map((one) => one.slice(one.lastIndexOf("/") + 1)).find((one) => one !== "" && !given.has(one) && fits(one)),
      );
    },
    free(after) {
      const [first] = quoted();
      if (first !== undefined) return first;
      const colon = /:\s+(.{2,500})$/s.exec(text)?.[1];
      if (colon !== undefined) return colon.trim();
      const low = text.toLowerCase();
      const at = after.map((word) => ({ word, from: low.search(new RegExp(`\\b${word}\\b`)) })).find(({ from }) => from >= 0);
      const rest = at === undefined ? "" : text.slice(at.from + at.word.length).trim();
      return wordsIn(rest).length > 0 ? rest : undefined;
    },
  };
};
