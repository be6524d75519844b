// A disk that takes nothing more, as SQLite meets it: the file may grow no further than it is. For tests only.
import type { OpenDatabase } from "../../core/store/open.ts";

/** Answers what brings room back. */
export const fillDisk = ({ sqlite }: Pick<OpenDatabase, "sqlite">): (() => void) => {
  sqlite.exec("PRAGMA max_page_count = 1");
  return () => sqlite.exec("PRAGMA max_page_count = 1073741823");
};
