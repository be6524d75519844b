// Where a path really leads: links followed, also for a file that does not exist yet. Refuses the kernel's own trees, which are doors to other processes.
import { readlink, realpath } from "node:fs/promises";
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

const MOST_LINKS = 40;

/** A link that leads to nothing yet is followed too: what it names may be made a moment later. */
const follow = async (path: string, left = MOST_LINKS): Promise<string | undefined> => {
  try {
    return await realpath(path);
  } catch (thrown) {
    const missing = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
    if (!missing || left === 0 || dirname(path) === path) return undefined;
    const target = await readlink(path).catch(() => undefined);
    if (target !== undefined) return follow(resolve(dirname(path), target), left - 1);
    const parent = await follow(dirname(path), left - 1);
    return parent === undefined ? undefined : join(parent, basename(path));
  }
};
