// A rule as a sentence for people: verbs and names instead of the patterns the record keeps. What it does not know it leaves as it stands. Pure.

/** Where the person's own words begin: they are left as they were said. */
const OWN = ' ("';

const orList = (words: readonly string[]): string => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`);

/** More than `most` are the first of them "or the like". */
const verbs = (patterns: string, most: number): string => {
  const all = patterns.split(", ").map((one) => one.slice(2).replaceAll("_", " "));
  return `every ${all.length > most ? `${all.slice(0, most).join(", ")} or the like` : orList(all)}`;
};

const targets = (patterns: string, nameOf: (id: string) => string | undefined): string =>
  orList(
    patterns.split(", ").map((id) => {
      const [kind = "", rest = ""] = [id.slice(0, id.indexOf("/")), id.slice(id.indexOf("/") + 1)];
      if (rest === "*") return `any ${kind}`;
      if (kind === "tag") return `whatever bears the tag ${rest}`;
      const name = nameOf(id);
      return name === undefined || name === id ? id : `${name} (${id})`;
    }),
  );

const told = (what: string, nameOf: (id: string) => string | undefined, mostVerbs: number): string => {
  const end = what.indexOf(OWN);
  const [said, own] = end < 0 ? [what, ""] : [what.slice(0, end), what.slice(end)];
  return (
    said
      .replace(/everything that is reversible or heavier/, "every change")
      .replace(/ that is reversible or heavier/, "")
      .replace(/\*_[a-z_]+(?:, \*_[a-z_]+)*/, (patterns) => verbs(patterns, mostVerbs))
      .replace(/ on ((?:[a-z*][a-z0-9*-]*\/[^\s,]*[^\s,.])(?:, [a-z*][a-z0-9*-]*\/[^\s,]*[^\s,.])*)/, (_, ids: string) => ` on ${targets(ids, nameOf)}`)
      .replace(/ (?:as|by) runbook:([\w-]+), remedy:\1/, " with the runbook $1") + own
  );
};

export const plainRule = (what: string, nameOf: (id: string) => string | undefined): string => told(what, nameOf, Number.POSITIVE_INFINITY);

const FEW_VERBS = 3;
/** For who is asked: in few words. */
export const shortRule = (what: string, nameOf: (id: string) => string | undefined): string =>
  told(what, nameOf, FEW_VERBS).replace(" asks a person first about ", " asks a person before ");
