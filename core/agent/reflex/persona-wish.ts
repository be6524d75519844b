// "/persona" and "/persona NAME": which voice answers, told or changed by the hands it is given. A voice changes no fact, no gate and no right.
import { JarvisError } from "../../contract/error.ts";

/** In the asker's name. `use` throws JarvisError with words for the person. */
export interface PersonaHands {
  list: () => readonly { name: string; title: string; about: string; isInForce: boolean }[];
  /** Answers what the persona calls itself. */
  use: (name: string) => string;
}

const WISH = /^\/persona(?:\s+(\S{1,60}))?\s*$/i;

/** Undefined for every other sentence. */
export const personaReply = (said: string, hands: PersonaHands | undefined): string | undefined => {
  const wish = WISH.exec(said.trim());
  if (wish === null || hands === undefined) return undefined;
  const [, name] = wish;
  if (name === undefined) {
    const lines = hands.list().map((one) => `- ${one.name}: ${one.about || one.title}${one.isInForce ? " (in force)" : ""}`);
    return lines.length === 0 ? "There is no persona's file that can be used." : [...lines, 'Say "/persona NAME" to hear another.'].join("\n");
  }
  try {
    return `${hands.use(name.toLowerCase())} speaks from here on. The voice alone has changed.`;
  } catch (thrown) {
    if (thrown instanceof JarvisError) return thrown.message;
    throw thrown;
  }
};
