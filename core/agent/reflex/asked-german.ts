// The same questions in German: how it is, what is wrong, why, what was done. Whole sentences; a question never acts. Pure.
import type { Intent } from "./wish.ts";

const WHOLE = /^(?:es|alles|allem|dir|euch|so|die lage|das haus|dem haus|der cluster|dem cluster|die kiste)$/i;
const SOME = "(?:irgend(?:et)?was|etwas|was)";
const GONE =
  "(?:nicht(?: mehr)?|denn|jetzt|heute|schon wieder|wieder|neu|aus|down|weg|tot|offline|gestoppt|gestartet|abgest(?:ü|ue)rzt|ausgefallen|angehalten|gehalten|beendet|heruntergefahren|neugestartet|ausgegangen|gestorben|stehen geblieben)";

const FORMS: readonly [RegExp, (what: string) => Intent][] = [
  [
    new RegExp(String.raw`^(?:warum|wieso|weshalb)\s+(?:hast du|habt ihr|hat|ist|war|wurde|l(?:ä|ae)uft|geht|startet|st(?:ü|ue)rzt)?\s*(.+?)(?:\s+${GONE})*$`, "i"),
    (what) => ({ kind: "why", what }),
  ],
  [
    /^(?:wer|was)\s+hat\s+(.+?)\s+(?:neu\s?)?(?:gestoppt|gestartet|angehalten|beendet|heruntergefahren|ausgeschaltet|abgeschossen|gekillt|abgeschaltet)$/i,
    (what) => ({ kind: "why", what }),
  ],
  [/^wann\s+(?:ist|hat|wurde)\s+(.+?)\s+(?:gestoppt|angehalten|abgest(?:ü|ue)rzt|ausgefallen|heruntergefahren|ausgegangen)(?:\s+worden)?$/i, (what) => ({ kind: "why", what })],
  [/^was (?:ist|war) mit\s+(.+?)(?:\s+(?:los|passiert|geschehen))?$/i, (what) => ({ kind: "why", what })],
  [
    /^(?:was (?:hast|habt) (?:du|ihr)\b.*(?:gemacht|getan|getrieben|erledigt|repariert|angestellt)|hast du (?:heute )?(?:et)?was (?:gemacht|getan|repariert)|was (?:war|ist) (?:heute )?(?:los gewesen|passiert|geschehen).*|was war (?:heute )?los.*|(?:tages)?bericht)$/i,
    () => ({ kind: "today" }),
  ],
  [
    new RegExp(
      String.raw`^(?:was ist (?:hier |denn |gerade )*(?:los|kaputt|falsch|schief|defekt)|was (?:klemmt|(?:l(?:ä|ae)uft|funktioniert|geht)(?: hier| gerade| denn)*(?: (?:falsch|schief|nicht)))|stimmt ${SOME} nicht|ist ${SOME} (?:kaputt|los|nicht in ordnung|defekt)|(?:gibt(?:'s| es)|hast du|haben wir)? ?(?:irgendwelche |gerade |aktuell )?(?:probleme?|fehler|st(?:ö|oe)rung\w*|alarme?|vorf(?:ä|ae)lle?|was neues)|(?:welche|zeig(?:e)?(?: mir)?(?: die| alle)?|offene)(?: offenen)? (?:probleme|fehler|st(?:ö|oe)rungen|vorf(?:ä|ae)lle|alarme)(?: (?:sind offen|gibt es|stehen an|sind da))?|was braucht (?:meine )?(?:aufmerksamkeit|hilfe)|wo (?:klemmt|brennt) es|wo ist das problem)$`,
      "i",
    ),
    () => ({ kind: "wrong" }),
  ],
  [
    /^(?:lage|status|stand|(?:ü|ue)bersicht|(?:gib|zeig)(?:e)?(?: mir)?(?: mal)?(?: (?:eine|die|den))? (?:(?:ü|ue)bersicht|lage|status|zusammenfassung)|(?:ist )?(?:alles|soweit alles) (?:gut|ok|okay|klar|in ordnung|im (?:gr(?:ü|ue)nen|lot)(?: bereich)?|fein|bestens)|l(?:ä|ae)uft alles(?: (?:rund|gut))?|l(?:ä|ae)uft'?s|wie (?:ist (?:die lage|der stand|der status)|sieht(?:'s| es) aus|steht(?:'s| es)|l(?:ä|ae)uft(?:'s| es| alles)?|geht(?:'s|s| es)(?: (?:dir|euch|allem|dem cluster|dem haus))?))$/i,
    () => ({ kind: "overview" }),
  ],
  [
    /^(?:wie (?:geht(?:'s| es)|steht(?:'s| es) um|l(?:ä|ae)uft|ist der (?:status|zustand) von)|(?:zeig(?:e)?(?: mir)?(?: den)? )?(?:status|zustand) von|schau(?:e)?(?: mal)? nach|(?:mal )?nach|was macht|pr(?:ü|ue)fe?|infos? (?:zu|(?:ü|ue)ber)|wo l(?:ä|ae)uft|wo (?:ist|liegt))\s+(.+?)(?:\s+(?:schauen|sehen|gucken))?$/i,
    (what) => (WHOLE.test(what) ? { kind: "overview" } : { kind: "status", what }),
  ],
  [
    /^(?:l(?:ä|ae)uft|ist|geht|lebt)\s+(.+?)(?:\s+(?:noch|gerade|wieder|schon))*\s*(?:an|aus|oben|unten|down|up|online|offline|gesund|gestoppt|ok|okay|da|erreichbar|in ordnung)?$/i,
    (what) => ({ kind: "status", what }),
  ],
];

/** `words`: bare of what is merely polite. Undefined: none of these. */
export const readAskedGerman = (words: string): Intent | undefined => {
  const form = FORMS.find(([one]) => one.test(words));
  return form?.[1]((form[0].exec(words)?.[1] ?? "").replace(/^(?:de[rmns]|die|das)\s+/i, "").trim());
};
