// Greetings, thanks and who is speaking, in English and German: nothing is looked up or done for them. Whole sentences only. Pure.
import type { Intent } from "./wish.ts";

const NAME = String.raw`(?:[\s,]+(?:jarvis|there|again|everyone|zusammen|nochmal|mate|buddy|sir))*`;
const whole = (words: string): RegExp => new RegExp(`^(?:${words})${NAME}$`, "i");

const FORMS: readonly [RegExp, Extract<Intent, { kind: "hello" | "thanks" | "who" | "bye" | "help" | "well" }>["kind"]][] = [
  [
    whole(
      "hello|hi|hey|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|morning|evening|hallo|moin(?: moin)?|servus|gr(?:ü|ue)(?:ß|ss) (?:dich|gott)|guten (?:morgen|tag|abend)|tach|na|jarvis|are you there|you there|bist du da",
    ),
    "hello",
  ],
  [
    whole(
      "(?:ok(?:ay)?,? |great,? |perfect,? )?(?:thanks|thx|ty|thank you|many thanks|cheers|ta|much appreciated|(?:i )?appreciate (?:it|that))(?: (?:a lot|so much|very much|a bunch|for (?:that|the help|your help)))?|ok(?:ay)?|cool|alright|fine|got it|i see|no problem|sorry|well done|good (?:job|work|boy)|nice(?: (?:job|work|one))?|great(?: (?:job|work))?|perfect|excellent|(?:vielen |herzlichen |besten |tausend )?dank|danke(?: (?:dir|sch(?:ö|oe)n|sehr|vielmals))?|dankesch(?:ö|oe)n|gut gemacht|super|prima|klasse",
    ),
    "thanks",
  ],
  [
    whole(
      "(?:so )?(?:who|what)(?: exactly)? are you(?: exactly)?|what exactly are you|what(?:'s| is) your name|(?:please )?introduce yourself|tell me (?:something )?about yourself|are you (?:an? )?(?:ai|bot|robot|human|person|machine|llm|model|chat ?gpt|real)|who am i (?:talking|speaking) to|wer bist du|was bist du|wie hei(?:ß|ss)t du|stell dich vor|bist du (?:eine? )?(?:ki|bot|mensch|roboter|maschine)|(?:wer|was) bist du eigentlich",
    ),
    "who",
  ],
  [
    whole(
      "(?:good ?)?bye(?: bye)?|see you(?: later| soon)?|good ?night|later|cya|farewell|tsch(?:ü|ue)ss|tschau|ciao|auf wiedersehen|gute nacht|bis (?:sp(?:ä|ae)ter|bald|morgen|dann)",
    ),
    "bye",
  ],
  [
    whole(
      "help(?: me)?(?: please)?|please help|i need help|how do(?:es)? (?:this|it|you) work|what (?:can|could) (?:you|u|i) (?:do|ask|say)(?: for me| you)?|what do you (?:understand|know|do)|how can you help(?: me)?|what (?:commands|things) (?:are there|can you do|do you (?:know|understand))|(?:give|show) me (?:some )?examples|commands|examples|usage|hilfe|hilf mir|was kannst du(?: alles)?(?: f(?:ü|ue)r mich tun)?|wie kannst du (?:mir )?helfen|was verstehst du|befehle|beispiele",
    ),
    "help",
  ],
  [whole("how are you(?: doing| today| feeling)?|how do you do|how(?:'s| is) it going|how are you getting on|wie geht(?:'s| es)(?: dir)?(?: heute)?"), "well"],
];

export const readSmallTalk = (text: string): Intent | undefined => {
  const words = text
    .trim()
    .replace(/[’‘]/g, "'")
    .replace(/^(?:(?:hey|hi|ok|okay|so|jarvis)[\s,]+)(?=\S+\s+\S)/i, "")
    .replace(/[\s.!?]+$/, "")
    .replace(/\s+/g, " ");
  const kind = FORMS.find(([form]) => form.test(words))?.[1];
  return kind === undefined ? undefined : { kind };
};
