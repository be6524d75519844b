// Whether a question is so plain that what a tool found is the answer itself: then no model need word it again. Pure.
import { tokensOf } from "../reflex/lexicon.ts";

const MOST_WORDS = 14;
/** Words that want more than a look: a reason, a judgement, a summary, a second thing. */
const THOUGHT =
  /\b(?:why|explain\w*|compar\w*|summar\w*|should|shall|how come|how do|how can|what if|recommend\w*|suggest\w*|because|report|relevant|mean\w*|best|better|worst|most|least|which|whether|if|when|then|and|or|any|anything|warum|wieso|erkl\w*|vergleich\w*|zusammen\w*|fasse?|soll\w*|empf\w*|welche\w*|ob|wenn|dann|und|oder)\b/i;

export const isPlainAsk = (text: string): boolean => !THOUGHT.test(text) && tokensOf(text).length <= MOST_WORDS && !text.includes("\n");
