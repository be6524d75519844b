// `memory:PATH`, wherever the operator keeps the memory folder, as a path of this machine. Refuses one that leads out of that folder. Pure.
import { isAbsolute, join, relative } from "node:path";

const PREFIX = "memory:";

/** What has no prefix stays as it is; undefined where there is no memory folder, or the path leaves it. */
export const memoryPath = (value: string, memory: string | undefined): string | undefined => {
  if (!value.startsWith(PREFIX)) return value;
  if (memory === undefined) return undefined;
  const path = join(memory, value.slice(PREFIX.length));
  const way = relative(memory, path);
  return way === ".." || way.startsWith("../") || isAbsolute(way) ? undefined : path;
};
