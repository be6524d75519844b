// The words people use for what tools are named after, in English and German, each with the one word that tool names use. Knows no tool and no name of a house. Pure.

/** Lower case, umlauts spelt out, curly quotes straight. */
export const fold = (text: string): string => text.toLowerCase().replace(/[’‘]/g, "'").replaceAll("ä", "ae").replaceAll("ö", "oe").replaceAll("ü", "ue").replaceAll("ß", "ss");

const table = (rows: Record<string, string>): ReadonlyMap<string, string> =>
  new Map(Object.entries(rows).flatMap(([one, others]) => [one, ...others.split(" ").filter(Boolean)].map((word): [string, string] => [word, one])));

/** What a tool's noun may be called. */
const NOUNS = table({
  guest: "guests vm vms ct cts lxc lxcs machine machines gast gaeste maschine maschinen vm's",
  container: "containers",
  node: "nodes host hosts hypervisor hypervisors knoten",
  storage: "storages datastore datastores speicher",
  service: "services dienst dienste",
  backup: "backups sicherung sicherungen datensicherung backed gesichert gebackupt",
  snapshot: "snapshots schnappschuss schnappschuesse",
  runbook: "runbooks",
  task: "tasks aufgabe aufgaben",
  replication: "replications replikation replikationen",
  cluster: "clusters",
  ha: "",
});

/** What a tool's verb may be called where it only looks; a word may stand for several. */
const LOOKS: Readonly<Record<string, string>> = {
  list: "full free voll frei running laufende laufenden show display enumerate zeig zeige liste auflisten all alle which welche welches what any",
  logs: "log protokoll protokolle logfile logfiles",
  explain: "erklaer erklaere explains",
  overview: "uebersicht",
  status: "",
  get: "old age alt work worked works succeed how when does do did has have had is are was were run runs ran made wie wann ist sind war wurde wird hat habe gibt last latest newest letzte letzten letztes zuletzt recently about",
  audit: "ok okay fine good check verify pruefe pruef not without ohne nicht ordnung no keine kein failed fail fails fehlgeschlagen fehlgeschlagene unprotected missing",
  check: "ready bereit safe",
};
const LOOK_WORDS = Map.groupBy(
  Object.entries(LOOKS).flatMap(([verb, words]) => [verb, ...words.split(" ")].filter(Boolean).map((word) => ({ word, verb }))),
  ({ word }) => word,
);

/** What a tool's verb may be called where it changes something. */
const ORDERS = table({
  suspend: "pause pausiere pausieren",
  resume: "unpause continue fortsetzen",
  migrate: "move verschiebe verschieben migriere migrieren relocate",
  backup: "sichere sichern",
  wake: "weck wecke wecken",
  clone: "klone copy",
  create: "make take erstelle erstellen mache anlegen",
  delete: "remove loesche loeschen",
  rollback: "revert zurueckrollen",
  retry: "again wiederhole",
  run: "execute ausfuehren",
});

export const nounOf = (word: string): string | undefined => NOUNS.get(word);
/** Empty where it is none. */
export const looksOf = (word: string): string[] => (LOOK_WORDS.get(word) ?? []).map(({ verb }) => verb);
export const orderOf = (word: string): string => ORDERS.get(word) ?? word;

/** Words that mean a kind of thing, and so may stand beside what is asked about it. */
export const KINDS: ReadonlySet<string> = new Set(["guest", "container", "node", "storage", "service", "cluster"]);

/** Words that ask for nothing by themselves. */
export const FILLERS: ReadonlySet<string> = new Set(
  (
    "the a an my our your his her its it of for on in at to from by with me us i we you there here please pls plz now right just kindly can could would will be been being and also then so up over " +
    "give tell want see look looks need say says said tail list's recent current present currently still ever these those this that every exist exists got " +
    "der die das den dem des ein eine einen einem mein meine meinen unsere von vom fuer bei auf im am zu zum zur nach und auch mal bitte mir uns ich es da denn noch gerade jetzt gib lass sehen alles " +
    "jarvis named called s night today yesterday heute gestern nacht properly"
  ).split(" "),
);

/** Words of a sentence, folded; possessives without their ending. */
export const tokensOf = (text: string): string[] =>
  (fold(text).match(/[a-z0-9][a-z0-9._/@'-]*/g) ?? []).map((word) => word.replace(/'s?$/, "").replace(/[.']+$/, "")).filter((word) => word !== "");

/** Phrases that mean a tool's words without saying them. */
const PHRASES: readonly [RegExp, string][] = [
  [
    /\bwhat (?:happens|would happen|breaks|goes down|is affected)\b.*\b(?:if|when)\s+(.+?)\s+(?:fails?|failed|dies|died|goes down|went down|is lost|crashe[sd]|breaks)$/,
    "node loss forecast $1",
  ],
  [/\bwas (?:passiert|waere)\b.*\b(?:wenn|falls)\s+(.+?)\s+(?:ausfaellt|stirbt|weg ist|abstuerzt)$/, "node loss forecast $1"],
  [/^(?:is|are)\s+(.+?)\s+ready (?:for|to go into) maintenance$/, "node maintenance check $1"],
  [/^can i (?:service|take down|maintain)\s+(.+)$/, "node maintenance check $1"],
  [/^ist\s+(.+?)\s+bereit fuer (?:die )?wartung$/, "node maintenance check $1"],
  [/^.*\b(?:backed up|gesichert)$/, "$& audit"],
  [/\bback(?:ed|ing) up\b/g, "backup"],
  [/\bin ordnung\b/g, "ok"],
  [/\bout of order\b/g, "audit"],
];

/** The sentence folded, with those phrases put into tools' words. */
export const inToolWords = (text: string): string =>
  PHRASES.reduce(
    (words, [form, tools]) => words.replace(form, tools),
    fold(text)
      .replace(/[\s?.!]+$/, "")
      .replace(/^[\s,]+/, ""),
  );
