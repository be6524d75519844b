// Is a path granted? Both sides are compared where they really lead, so a link inside a granted folder opens nothing outside it.
import { covers, type Grant } from "./grant.ts";
import { memoryPath } from "./memory-path.ts";
import { realPath } from "./real-path.ts";

type PathName = "read" | "write" | "unix";

/** The resolved path when it is granted, else undefined. `memory:PATH` and `own:PATH` are paths in those folders. */
export const grantedPath = async (grant: Grant, name: PathName, path: string): Promise<string | undefined> => {
  const meant = memoryPath(path, grant.folders);
  const real = meant === undefined ? undefined : await realPath(meant);
  if (real === undefined || (await takenIn(denials(grant, name), real))) return undefined;
  return (await takenIn(wishes(grant, name), real)) ? real : undefined;
};

const wishes = (grant: Grant, name: PathName): string[] =>
  pathsOf(
    name,
    grant.wishes[name === "unix" ? "net" : name].filter((wish) => wish.granted).map((wish) => wish.value),
  );
const denials = (grant: Grant, name: PathName): string[] => pathsOf(name, grant.denied[name === "unix" ? "net" : name]);
const pathsOf = (name: PathName, values: readonly string[]): string[] =>
  name === "unix" ? values.filter((value) => value.startsWith("unix:")).map((value) => value.slice("unix:".length)) : [...values];

const takenIn = async (rules: readonly string[], real: string): Promise<boolean> => {
  for (const rule of rules) {
    const folder = await realPath(rule);
    if (folder !== undefined && covers("read", folder, real)) return true;
  }
  return false;
};
