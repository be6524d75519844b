// Where a path really leads: links followed, also for a file that does not exist yet. Refuses the kernel's own trees, which are doors to other processes.
import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

const CLOSED = [/^\/proc\/(\d+|self|thread-self)(\/|$)/, /^\/dev(\/|$)/];

/** The resolved path, or undefined when it leads to /dev or into a process's /proc folder, by name or through a link. */
export const realPath = async (path: string): Promise<string | undefined> => {
  const absolute = resolve(path);
  if (absolute.includes("\0") || isClosed(absolute)) return undefined;
  const real = await follow(absolute);
  return real === undefined || isClosed(real) ? undefined : real;
};

const isClosed = (path: string): boolean => CLOSED.some((pattern) => pattern.test(path));

const follow = async (path: string): Promise<string | undefined> => {
  try {
    return await realpath(path);
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") || dirname(path) === path) return undefined;
    const parent = await follow(dirname(path));
    return parent === undefined ? undefined : join(parent, basename(path));
  }
};
