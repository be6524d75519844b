// A rule as a sentence for people: verbs and names instead of the patterns the record keeps. What it does not know it leaves as it stands. Pure.

/** Where the person's own words begin: they are left as they were said. */
const OWN = ' ("';

const orList = (words: readonly string[]): string => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`);

const verbs = (patterns: string): string => `every ${orList(patterns.split(", ").map((one) => one.slice(2).replaceAll("_", " ")))}`;

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

export const plainRule = (what: string, nameOf: (id: string) => string | undefined): string => {
  const end = what.indexOf(OWN);
  const [said, own] = end < 0 ? [what, ""] : [what.slice(0, end), what.slice(end)];
  return (
    said
      .replace(/everything that is reversible or heavier/, "every change")
      .replace(/ that is reversible or heavier/, "")
      .replace(/\*_[a-z_]+(?:, \*_[a-z_]+)*/, verbs)
      .replace(/ on ((?:[a-z*][a-z0-9*-]*\/[^\s,]*[^\s,.])(?:, [a-z*][a-z0-9*-]*\/[^\s,]*[^\s,.])*)/, (_, ids: string) => ` on ${targets(ids, nameOf)}`)
      .replace(/ (?:as|by) runbook:([\w-]+), remedy:\1/, " with the runbook $1") + own
  );
};
