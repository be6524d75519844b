// A disk that takes nothing more, as SQLite meets it: the file may grow no further than it is, and what was free inside it is used up. For tests only.
import type { OpenDatabase } from "../../core/store/open.ts";

/** Answers what brings room back. */
export const fillDisk = ({ sqlite }: Pick<OpenDatabase, "sqlite">): (() => void) => {
  sqlite.exec("CREATE TABLE IF NOT EXISTS filler (x)");
  sqlite.exec("PRAGMA max_page_count = 1");
  for (const bytes of [3000, 300, 30])
    try {
      for (;;) sqlite.query("INSERT INTO filler VALUES (zeroblob(?))").run(bytes);
    } catch {
      // So much does not fit any more.
    }
  return () => sqlite.exec("PRAGMA max_page_count = 1073741823");
};
