// The schema of a persona file's front matter. A persona changes the voice, never facts, gates or policy.
import { z } from "zod";

/** Figures come from the house, never from a voice. */
const line = z.string().min(1).max(300).regex(/^\D*$/, "a line holds no figures: they come from the house");

/** The sentences the reflex opens its answers with; `{address}`, `{count}` and, of `who`, `{name}` are filled in. */
export const PersonaLines = z.strictObject({
  well: line.default("All is well."),
  trouble: line.regex(/\{count\}/, "the line of trouble says how much of it there is: put {count} in it").default("{count}."),
  done: line.default("Done."),
  working: line.default("Still at it."),
  refused: line.default("I will not do that."),
  held: line.default("That waits for your word."),
  failed: line.default("That did not work."),
  unsure: line.default("Which one do you mean?"),
  nothing: line.default("Nothing of the sort on record."),
  hello: line.default("Hello."),
  thanks: line.default("You are welcome."),
  bye: line.default("Goodbye. I keep watching."),
  who: line.default("I am {name}. I watch this homelab, find what is wrong, mend what I may and say what I did."),
  rules: line.default("I am running on rules alone, without a model, so I follow plain requests only."),
});

export const Persona = z.strictObject({
  name: z.string().min(1).max(60),
  about: z.string().max(200).default(""),
  tone: z.string().max(300).default(""),
  address: z.string().max(40).default(""),
  model: z.enum(["local", "cloud"]).optional(),
  tools: z.array(z.string().max(100)).max(100).optional(),
  lines: PersonaLines.prefault({}),
  /** Said instead while something critical is open; what is absent is said plainly then. */
  grave: PersonaLines.prefault({}),
});
/** `prose`: what stands below the front matter, for a model. */
export type Persona = z.output<typeof Persona> & { readonly prose?: string };

const GRAVE_TONE = "plain and calm: something critical is open, so no wit, no jokes, no flourish";

/** The same persona while something critical is open: its plain lines, and no jokes. */
export const inGravity = (persona: Persona): Persona => ({ ...persona, tone: GRAVE_TONE, lines: persona.grave });

/** What a persona's file is called, without its ending. */
export const PersonaName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "expected a persona's file name without its ending, such as jarvis");
