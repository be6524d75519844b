// Asks one thing of a probe: an answer, or the words why there is none. Never throws, so that one refused path leaves the others standing.
import { JarvisError } from "jarvis";

/** `denied`: it is a right that lacks, which says nothing about what was asked. */
export type Asked<T> = { value: T; words?: undefined; denied?: undefined } | { value?: undefined; words: string; denied?: boolean };

export const ask = async <T>(reading: Promise<T>): Promise<Asked<T>> => {
  try {
    return { value: await reading };
  } catch (error) {
    return { words: error instanceof JarvisError ? error.message : String(error), denied: error instanceof JarvisError && error.type === "upstream_denied" };
  }
};
