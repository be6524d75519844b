// Asks one thing of a probe: an answer, or the words why there is none. Never throws and never waits for ever, so that one refused or silent path leaves the others standing.
import { JarvisError } from "jarvis";

/** `denied`: it is a right that lacks, which says nothing about what was asked. */
export type Asked<T> = { value: T; words?: undefined; denied?: undefined } | { value?: undefined; words: string; denied?: boolean };

/** `late`: ends the waiting. */
export const ask = async <T>(reading: Promise<T>, late?: Promise<never>): Promise<Asked<T>> => {
  try {
    return { value: await (late === undefined ? reading : Promise.race([reading, late])) };
  } catch (error) {
    return { words: error instanceof JarvisError ? error.message : String(error), denied: error instanceof JarvisError && error.type === "upstream_denied" };
  }
};

/** Within the core's 20 s for a probe: what has answered by then is told, the rest is said to be silent. */
const PATIENCE_MS = 16_000;

export const lateBy = (ctx: { pause(ms: number): Promise<void> }): Promise<never> => {
  const late = ctx.pause(PATIENCE_MS).then((): never => {
    throw new JarvisError("upstream_timeout", { message: `No answer within ${PATIENCE_MS / 1000} s.` });
  });
  // Nobody may be waiting any more when it comes.
  late.catch(() => undefined);
  return late;
};
