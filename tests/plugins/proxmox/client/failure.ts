// The JarvisError a piece of work ends with, for tests that expect one.
import { JarvisError } from "../../../../core/contract/error.ts";

export const failure = async (work: Promise<unknown>): Promise<JarvisError> => {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof JarvisError) return thrown;
    throw thrown;
  }
  throw new Error("it did not fail");
};
