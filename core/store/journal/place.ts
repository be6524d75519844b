// Whether journal.db still lies where it was opened: a file that lost its name takes writes as before, and nobody will ever read them. Looks; writes nothing.
import { statSync } from "node:fs";

const seen = (path: string): { ino: number; birthtimeMs: number } | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A folder that cannot be entered shows no file.
    return undefined;
  }
};

/** Another file has another number and was born at another time: on some network drives a file's number alone changes for nothing. */
export const placeOf = (path: string): (() => boolean) => {
  if (path === ":memory:") return () => true;
  const opened = seen(path);
  return () => {
    const now = seen(path);
    return now !== undefined && (now.ino === opened?.ino || now.birthtimeMs === opened?.birthtimeMs);
  };
};
