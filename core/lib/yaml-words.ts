// What is wrong with a line of YAML and what to do about it, in a person's words instead of the parser's. Pure.

interface Complaint {
  readonly code: string;
  readonly message: string;
}

const OPEN_LIST = "a list in [ ] or a mapping in { } is not closed: end it with ] or }, and indent what stands on further lines";
const UNEVEN = "this line is indented otherwise than its neighbours: give the keys of one level the same number of spaces";
const QUOTES = "put a text that holds {, [, # or a colon and a space in quotes";

const WORDS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "a tab stands at the beginning of this line: indent with spaces",
  DUPLICATE_KEY: "this key stands here twice: keep one of them",
  MULTILINE_IMPLICIT_KEY: "a key without its colon: write key: value on one line",
  BLOCK_AS_IMPLICIT_KEY: `two colons in one line, or a line indented under a value: ${QUOTES}, and give the keys of one level the same number of spaces`,
  BLOCK_IN_FLOW: "a - list or a key stands within [ ] or { }: write it on lines of its own, or part it with commas",
  UNEXPECTED_TOKEN: `this does not belong here: ${QUOTES}, and keep - items and keys apart`,
  MULTIPLE_DOCS: "--- begins a second document here, and only one is read: take it away",
  BAD_DQ_ESCAPE: "a \\ within \"quotes\" begins a sign that does not exist: write \\\\, or use 'single quotes'",
  KEY_OVER_1024_CHARS: "a key longer than 1024 characters: its colon may be missing",
};

/** Stands after `jarvis.yaml:3:5: `. */
export const yamlWords = ({ code, message }: Complaint): string => {
  const [first = "this is no YAML"] = message.split("\n");
  if (code === "BAD_INDENT") return first.startsWith("Flow") ? OPEN_LIST : UNEVEN;
  if (code === "MISSING_CHAR" && first.includes("quote")) return "a text begins with a quote that is never closed: close it, or take the first one away";
  const [, sign] = /character (.)$/.exec(first) ?? [];
  if (code === "BAD_SCALAR_START" && sign !== undefined) return `a value cannot begin with ${sign}: put it in quotes`;
  return WORDS[code] ?? `${first.slice(0, 1).toLowerCase()}${first.slice(1)}`;
};
