// Finds the reference data that only the makers' machines have; tests that read it skip, saying so, when it is absent.
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../../../shared");

/** The path of a file under the reference folder, or undefined when this machine has none. */
export const sharedPath = (name: string): string | undefined => {
  const path = join(root, name);
  return existsSync(path) ? path : undefined;
};
