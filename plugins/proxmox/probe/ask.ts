// Asks one thing of a probe: an answer, or the words why there is none. Never throws, so that one refused path leaves the others standing.
import { JarvisError } from "jarvis";

export type Asked<T> = { value: T; words?: undefined } | { value?: undefined; words: string };

export const ask = async <T>(reading: Promise<T>): Promise<Asked<T>> => {
  try {
    return { value: await reading };
  } catch (error) {
    return { words: error instanceof JarvisError ? error.message : String(error) };
  }
};
