// `memory:PATH` and `own:PATH`, wherever the operator keeps the memory folder and this house writes, as paths of this machine. Refuses one that leads out of its folder. Pure.
import { isAbsolute, join, relative } from "node:path";

/** `memory`: what the operator keeps for Jarvis. `own`: where Jarvis writes what it remembers by itself; the same folder, but for a house with data of its own. Absent: nowhere. */
export interface MemoryFolders {
  readonly memory?: string | undefined;
  readonly own?: string | undefined;
}

const PREFIX = /^(memory|own):/;

/** What has no prefix stays as it is; undefined where there is no such folder, or the path leaves it. */
export const memoryPath = (value: string, folders: MemoryFolders): string | undefined => {
  const prefix = PREFIX.exec(value)?.[1];
  if (prefix === undefined) return value;
  const folder = prefix === "own" ? folders.own : folders.memory;
  if (folder === undefined) return undefined;
  const path = join(folder, value.slice(prefix.length + 1));
  const way = relative(folder, path);
  return way === ".." || way.startsWith("../") || isAbsolute(way) ? undefined : path;
};
