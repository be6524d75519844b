// Why a file could not be read, in a person's words with what to do, from what the machine threw. Pure.

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist: a part of its path is no folder",
  EACCES: "may not be read by this user (see its owner and mode)",
  EPERM: "may not be read by this user (see its owner and mode)",
  EISDIR: "is a folder, not a file",
  ELOOP: "is a link that leads in a circle",
  ENAMETOOLONG: "is too long for a path",
};

/** Stands after the path: `/etc/x.pem does not exist`. */
export const whyUnreadable = (thrown: unknown): string => {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  return WORDS[code] ?? `cannot be read (${code || (thrown instanceof Error ? thrown.message : String(thrown))})`;
};
