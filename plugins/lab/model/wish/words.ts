// The words the lab model knows: which mean the same deed, which name a kind of thing, which say nothing. Pure.

/** Words of one line mean one deed; the first is its name. */
const DEEDS = [
  "start boot launch wake poweron",
  "stop halt shutdown shut poweroff",
  "restart reboot bounce reload reset",
  "resume unpause continue",
  "pause suspend freeze",
  "migrate move relocate",
  "backup dump",
  "snapshot",
  "rollback",
  "clone copy",
  "delete remove destroy purge",
  "remember note keep memorise memorize",
  "recall",
  "forget",
  "run execute exec",
  "break",
  "heal mend repair",
  "update upgrade",
  "explain why",
  "list show which all every",
  "get read look check status tell how see describe view find inspect",
] as const;

const DEED_OF: ReadonlyMap<string, string> = new Map(
  DEEDS.flatMap((line) => {
    const words = line.split(" ");
    return words.map((word): [string, string] => [word, words[0] ?? word]);
  }),
);

const KINDS: Readonly<Record<string, string>> = {
  vm: "guest",
  ct: "guest",
  lxc: "guest",
  machine: "guest",
  server: "node",
  host: "node",
  docker: "container",
  disk: "storage",
  pool: "storage",
  memory: "fact",
  note: "fact",
};

const SILENT = new Set(
  "a an the to of on in at for from with and or then please can could would will you me my i it its this that these those is are was were be do does did what when where who up now again just so have has had not no yes if by about into as there their them thanks thank jarvis sir want need make let take taken create called named name us our your any some down".split(
    " ",
  ),
);

/** Questions look, they never act. */
const LOOKING: ReadonlySet<string> = new Set(["list", "get", "explain", "recall"]);

/** Without the ending that plural and tense put there. */
export const stem = (word: string): string => {
  const low = word.toLowerCase();
  if (low.length > 5 && low.endsWith("ing")) return low.slice(0, -3);
  if (low.length > 4 && low.endsWith("ies")) return `${low.slice(0, -3)}y`;
  if (low.length > 4 && low.endsWith("ed")) return low.slice(0, -2);
  return low.length > 3 && low.endsWith("s") && !low.endsWith("ss") && !low.endsWith("us") && !low.endsWith("is") ? low.slice(0, -1) : low;
};

export const deedOf = (word: string): string | undefined => DEED_OF.get(word.toLowerCase()) ?? DEED_OF.get(stem(word));
export const kindOf = (word: string): string => KINDS[stem(word)] ?? stem(word);
export const isSilent = (word: string): boolean => SILENT.has(word.toLowerCase());
export const onlyLooks = (deed: string): boolean => LOOKING.has(deed);

/** The words of a sentence or of a tool's name. */
export const wordsIn = (text: string): string[] => text.match(/[\p{L}\d]+/gu) ?? [];
