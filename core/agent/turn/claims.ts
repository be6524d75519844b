// Holds an answer's words against the record: a sentence that says something was done, or will be, stays only where a call says the same. Pure.
import { type Call, outside } from "../../contract/call.ts";
import { partsOf } from "../../lib/tool-words.ts";
import type { View } from "../reflex/answers.ts";
import type { Deed } from "./carry.ts";
import { namedIn } from "./facts.ts";
import type { Reading } from "./reading.ts";

/** What people call an act that was done, and the verbs of tools that do it. */
const DONE: readonly [RegExp, readonly string[]][] = [
  [/^(?:re-?started|re-?booted|bounced|power[- ]?cycled|neu ?gestartet|durchgestartet|rebootet)$/, ["restart", "reboot", "reset"]],
  [
    /^(?:started|booted|powered on|turned on|switched on|brought (?:back )?up|launched|gestartet|hochgefahren|eingeschaltet)$/,
    ["start", "restart", "reboot", "reset", "resume", "wake"],
  ],
  [
    /^(?:stopped|shut ?down|powered (?:off|down)|turned off|switched off|killed|halted|gestoppt|angehalten|heruntergefahren|ausgeschaltet|beendet)$/,
    ["stop", "shutdown", "cancel"],
  ],
  [
    /^(?:deleted|removed|destroyed|erased|wiped|pruned|cleaned(?: up)?|cleared|freed|purged|trimmed|gelöscht|geloescht|entfernt|aufgeräumt|bereinigt)$/,
    ["delete", "remove", "destroy", "prune", "trim", "forget"],
  ],
  [/^(?:created|made|taken|took|snapshotted|backed up|saved|erstellt|angelegt|gesichert)$/, ["create", "backup", "snapshot", "clone", "remember", "retry"]],
  [/^(?:migrated|moved|relocated|verschoben|migriert)$/, ["migrate", "move"]],
  [/^(?:cloned|copied|geklont|kopiert)$/, ["clone"]],
  [
    /^(?:changed|updated|upgraded|set|configured|adjusted|modified|increased|decreased|resized|extended|enabled|disabled|applied|geändert|aktualisiert|gesetzt|angepasst|vergrößert)$/,
    ["set", "update", "resize", "config"],
  ],
  [/^(?:rolled back|restored|reverted|zurückgesetzt|wiederhergestellt)$/, ["rollback", "restore"]],
  [/^(?:suspended|paused|pausiert)$/, ["suspend", "pause"]],
  [/^(?:resumed|unpaused|continued|thawed|fortgesetzt)$/, ["resume", "thaw"]],
  [/^(?:unlocked|entsperrt)$/, ["unlock"]],
  [/^(?:remembered|noted|recorded|gemerkt|notiert)$/, ["remember", "note", "add"]],
  [/^(?:forgotten|vergessen)$/, ["forget"]],
  [/^(?:ran|executed|triggered|ausgeführt|ausgelöst)$/, ["run", "exec", "retry", "confirm"]],
  /** Whatever was done may be what fixed it. */
  [/^(?:fixed|repaired|resolved|solved|healed|remedied|handled|completed|finished|performed|carried out|behoben|repariert|gelöst|erledigt)$/, []],
];
const WORDS =
  "re-?started|re-?booted|bounced|power[- ]?cycled|started|booted|powered (?:on|off|down)|turned (?:on|off)|switched (?:on|off)|brought (?:back )?up|launched|stopped|shut ?down|killed|halted|deleted|removed|destroyed|erased|wiped|pruned|cleaned(?: up)?|cleared|freed|purged|trimmed|created|made|taken|took|snapshotted|backed up|saved|migrated|moved|relocated|cloned|copied|changed|updated|upgraded|set|configured|adjusted|modified|increased|decreased|resized|extended|enabled|disabled|applied|rolled back|restored|reverted|suspended|paused|resumed|unpaused|continued|thawed|unlocked|remembered|noted|recorded|forgotten|ran|executed|triggered|fixed|repaired|resolved|solved|healed|remedied|handled|completed|finished|performed|carried out";
const GERMAN =
  "neu ?gestartet|durchgestartet|rebootet|gestartet|hochgefahren|eingeschaltet|gestoppt|angehalten|heruntergefahren|ausgeschaltet|beendet|gelöscht|geloescht|entfernt|aufgeräumt|bereinigt|erstellt|angelegt|gesichert|verschoben|migriert|geklont|kopiert|geändert|aktualisiert|gesetzt|angepasst|vergrößert|zurückgesetzt|wiederhergestellt|pausiert|fortgesetzt|entsperrt|gemerkt|notiert|vergessen|ausgeführt|ausgelöst|behoben|repariert|gelöst|erledigt";
const SOON = "(?:\\s+(?:just|now|already|successfully|also|then|gracefully|safely|since|both|all|duly|promptly|indeed))*";

/** By Jarvis itself: only its own calls prove it. */
const FIRST = [
  new RegExp(`\\b(?:i|we|jarvis)(?:'ve|'d|\\s+have|\\s+had|\\s+has)?${SOON}\\s+(${WORDS})\\b`, "iu"),
  new RegExp(`\\b(?:ich habe|habe ich|wir haben|jarvis hat)\\b.*?(?<![\\p{L}])(${GERMAN})(?![\\p{L}])`, "iu"),
  new RegExp(`^[\\s*-]*(?:(?:successfully|gracefully|also)\\s+)?(${WORDS})\\s+(?!by\\b|at\\b|on\\b|since\\b|for\\b)\\p{L}`, "iu"),
];
/** By nobody named: a reading may tell it too. */
const PASSIVE = [
  new RegExp(`\\b(?:has|have|had|having)${SOON}\\s+been${SOON}\\s+(${WORDS})\\b(?!\\s+by\\s+(?!me\\b|jarvis\\b))`, "iu"),
  new RegExp(`\\b(?:was|were|got)${SOON}\\s+(${WORDS})\\b(?!\\s+by\\s+(?!me\\b|jarvis\\b))`, "iu"),
  new RegExp(`\\b(?:wurden?|worden)\\b.*?(?<![\\p{L}])(${GERMAN})(?![\\p{L}])`, "iu"),
];
const BARE =
  /^[\s*-]*(?:it is |it's |that is |that's |all |consider it )?(?:done|complete|completed|finished|success|successful|successfully done|taken care of|erledigt|fertig|gemacht|alles erledigt)\b(?!\s+(?:by|with)\b)/iu;
/** Nothing is done later, nor beside a call. */
const LATER =
  /\b(?:i(?:'ll| will| shall| am going to|'m going to)|ich werde)\s+(?:now\s+|then\s+|gleich\s+|jetzt\s+)?(?:re-?start|re-?boot|stop|start|shut|delete|remove|destroy|create|back ?up|migrate|move|clone|change|update|set|roll|restore|suspend|resume|unlock|run|execute|fix|repair|monitor|watch|keep an eye|check back|remind|neu ?starten|stoppen|starten|löschen)\b|\bi(?:'m| am)\s+(?:now\s+|currently\s+)?(?:re-?starting|re-?booting|stopping|starting|shutting|deleting|removing|migrating|moving|creating|fixing|updating|running)\b/iu;

const verbsFor = (said: string): readonly string[] => DONE.find(([form]) => form.test(said.toLowerCase()))?.[1] ?? [];

interface Acts {
  verb: string;
  target: string | null;
}

const wereDone = (deeds: readonly Deed[]): Acts[] =>
  deeds.filter(({ answer }) => answer.state === "succeeded").map(({ tool, target }) => ({ verb: partsOf(tool.name).verb, target: target ?? null }));
const onRecord = (calls: readonly Call[]): Acts[] =>
  calls.filter(({ effect, state }) => effect !== "read" && outside(state) === "succeeded").map(({ tool, target }) => ({ verb: partsOf(tool).verb, target }));

export interface Against {
  readonly view: View;
  readonly deeds: readonly Deed[];
  readonly readings: readonly Reading[];
}

const isProved = (said: string, sentence: string, acts: readonly Acts[], { view }: Against): boolean => {
  const verbs = verbsFor(said);
  const named = namedIn(sentence, view.resources);
  const fitting = verbs.length === 0 ? acts : acts.filter(({ verb }) => verbs.includes(verb));
  // Each thing the sentence names must have been acted on; a node beside it says only where.
  const objects = named.filter(({ kind }) => kind !== "node").length > 0 ? named.filter(({ kind }) => kind !== "node") : named;
  if (fitting.length === 0) return false;
  return objects.every(({ id }) => fitting.some(({ target }) => target === id || target === null));
};

/** The stem of an act in a reading: "stopped by root" tells of a stop. */
const isRead = (said: string, readings: readonly Reading[]): boolean => {
  const stem = said.toLowerCase().replace(/^re-?/, "").slice(0, 4);
  return readings.some(({ text }) => text.toLowerCase().includes(stem));
};

type Verdict = "true" | "false" | "later";

const NOT = /\b(?:not|never|nothing|no|none|neither|nicht|nichts|nie|kein\w*|ohne|without|if|whether|unless|ob|falls|wenn|should|could|would|may|might|must|to)\b|n't\b/iu;

/** What a form finds said as done, where it is not denied or supposed on the way there. */
const saidBy = (forms: readonly RegExp[], sentence: string, from: "clause" | "match"): string[] =>
  forms.flatMap((form, index) => {
    const found = form.exec(sentence);
    const [whole = "", said] = found ?? [];
    const before = found === null ? "" : sentence.slice(0, found.index).split(/[,:]/).at(-1);
    // "Set the memory to 4 GB" is advice.
    const isAdvice = index === 2 && from === "match" && said?.toLowerCase() === "set";
    return said === undefined || isAdvice || NOT.test(`${from === "clause" ? before : ""} ${whole}`) ? [] : [said];
  });

const verdictOn = (sentence: string, against: Against): Verdict => {
  if (sentence.trim().endsWith("?")) return "true";
  const own = [...wereDone(against.deeds), ...onRecord(against.view.calls)];
  if (saidBy(FIRST, sentence, "match").some((said) => !isProved(said, sentence, own, against))) return "false";
  if (saidBy(PASSIVE, sentence, "clause").some((said) => !isProved(said, sentence, own, against) && !isRead(said, against.readings))) return "false";
  if (BARE.test(sentence) && wereDone(against.deeds).length === 0) return "false";
  return LATER.test(sentence) ? "later" : "true";
};

export const STRUCK = { false: "(Struck: nothing on record says that this was done.)", later: "(Struck: I do nothing later by myself.)" } as const;

/** The answer with every sentence that the record does not bear out replaced by what is so. */
export const checkedClaims = (text: string, against: Against): { text: string; struck: number } => {
  let struck = 0;
  const pieces = text.split(/((?<=[.!?])\s+|\n+|\s*;\s+)/);
  const checked = pieces.map((piece, index) => {
    if (index % 2 === 1 || piece.trim() === "") return piece;
    const verdict = verdictOn(piece, against);
    if (verdict === "true") return piece;
    struck += 1;
    return STRUCK[verdict];
  });
  return { text: checked.join("").replace(/(\(Struck: [^)]*\))(?:\s+\1)+/g, "$1"), struck };
};
