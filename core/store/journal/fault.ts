// What can go wrong with an append, as JarvisErrors a caller can tell apart. Hides no cause.
import { JarvisError } from "../../contract/error.ts";

/** superseded: a newer core took over. broken: an fsync failed, nothing more may be appended. away: its file is not where it was, so what acts or makes rules would never be found again. unique: the target is taken. full, busy: try later. */
export type JournalFault = "superseded" | "broken" | "away" | "unique" | "full" | "busy" | "other";

const WORDS: Record<JournalFault, string> = {
  superseded: "A newer Jarvis has taken over this data folder; this one may not act any more.",
  broken: "The journal could not be made durable (a failed fsync); nothing may be done until Jarvis is restarted.",
  away: "journal.db was taken away or replaced while Jarvis runs, and what is written now would never be found again. Nothing is done and no rule is made until it is back: put that file back into the data folder, or restart Jarvis, which then says what is lost.",
  unique: "Another act on the same target is under way.",
  full: "The journal's disk is full, so nothing may be done.",
  busy: "The journal is locked by another process.",
  other: "The journal could not be written.",
};

export const journalError = (journal: JournalFault, cause?: unknown): JarvisError => new JarvisError("unavailable", { message: WORDS[journal], cause, data: { journal } });

const codeOf = (thrown: unknown): string => (thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : "");

/** SQLite's word for an error -> ours. A failed fsync or any other I/O error at commit is final (the page cache may lie afterwards). */
export const classify = (thrown: unknown): JournalFault => {
  const code = codeOf(thrown);
  if (code === "SQLITE_CONSTRAINT_UNIQUE" && String(thrown).includes("calls.target")) return "unique";
  if (code.startsWith("SQLITE_FULL")) return "full";
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) return "busy";
  if (code.startsWith("SQLITE_IOERR") || code.startsWith("SQLITE_CORRUPT") || code.startsWith("SQLITE_NOTADB")) return "broken";
  return "other";
};

/** The fault behind anything thrown by the journal; undefined when it was something else. */
export const faultOf = (thrown: unknown): JournalFault | undefined => {
  if (!(thrown instanceof JarvisError)) return undefined;
  const word = thrown.details.data?.journal;
  return word === "superseded" || word === "broken" || word === "away" || word === "unique" || word === "full" || word === "busy" || word === "other" ? word : undefined;
};

/** For a journal that no check found damaged and that cannot be read or written all the same: what SQLite says, and what a person may do. A JarvisError stays as it is. */
export const openError = (thrown: unknown, path: string): JarvisError => {
  if (thrown instanceof JarvisError) return thrown;
  const journal = classify(thrown);
  if (journal === "full" || journal === "busy") return journalError(journal, thrown);
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return new JarvisError("unavailable", {
    message: `The journal ${path} cannot be used as it is (${words}). It is left where it lies. Bring back a copy of it, or move it elsewhere and begin anew, then start Jarvis again.`,
    cause: thrown,
    data: { journal },
  });
};
