// Names of channels and the patterns that pick them: parts parted by "/", `*` for one part, `**` for any number. Pure.

const PART = "[a-zA-Z0-9_@-][a-zA-Z0-9._@-]*";
const NAME = new RegExp(`^[a-z][a-z0-9-]*(/${PART})+$`);
const PATTERN = new RegExp(`^(?:[*]{1,2}|${PART})(?:/(?:[*]{1,2}|${PART}))*$`);

export const isChannelName = (text: string): boolean => text.length <= 200 && NAME.test(text);
export const isPattern = (text: string): boolean => text.split("/").some((part) => part === "*" || part === "**");
export const isChannelOrPattern = (text: string): boolean => text.length <= 200 && PATTERN.test(text);

const matchParts = (pattern: readonly string[], name: readonly string[]): boolean => {
  const [head, ...rest] = pattern;
  if (head === undefined) return name.length === 0;
  if (head === "**") return rest.length === 0 || name.some((_, index) => matchParts(rest, name.slice(index)));
  const [first, ...others] = name;
  if (first === undefined) return false;
  return (head === "*" || head === first) && matchParts(rest, others);
};

export const matches = (pattern: string, name: string): boolean => matchParts(pattern.split("/"), name.split("/"));
