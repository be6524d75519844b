// What plugins were told to keep, found again by words: FTS5, weighed by how new and how sure it is. Bounded for each plugin; statements are made when first used, for most houses keep little.
import { and, count, desc, eq, lt, lte } from "drizzle-orm";
import type { KeptRecord, RecordList, RecordSearch, RecordSource } from "../contract/record.ts";
import { RecordSource as Source } from "../contract/record.ts";
import type { OpenDatabase } from "./open.ts";
import { records } from "./schema.ts";

/** Of one plugin, in all. */
export const MOST_RECORDS = 20_000;
/** Of those that came from outside and nobody stands behind: the oldest gives way, so that nobody outside fills the memory. */
export const MOST_UNTRUSTED = 500;
const [DEFAULT_LIMIT, MOST_WORDS, LONGEST_WORD] = [50, 24, 60];
/** A record this old weighs half as much again less than one of now. */
const FADES_MS = 30 * 86_400_000;
/** Words that say nothing of what is looked for, while there are others. */
const EMPTY = new Set(
  "a an the of for on in at to from by with and or is are was were be been am do does did has have had i me my we us our you your it its he she they them that this these those there here what which who whom whose when where why how can could would should will shall may about please tell know der die das den dem des ein eine einen und oder ist sind war von vom zu zum zur auf im am mit was wer wie wo warum ich du er sie es wir ihr mir dir uns bitte".split(
    " ",
  ),
);

type Row = typeof records.$inferSelect;
export interface RecordWords extends Pick<KeptRecord, "shelf" | "text" | "about" | "source" | "by" | "confidence" | "trusted" | "tags"> {
  atMs: number;
}

const shown = ({ atMs, tags, plugin: _, source, ...rest }: Row): KeptRecord => ({
  ...rest,
  source: Source.catch("outside").parse(source) satisfies RecordSource,
  at: new Date(atMs).toISOString(),
  tags: tags.split(" ").filter(Boolean),
});

/** Plain words as an FTS5 query: each quoted, so nothing in them is syntax; a longer one also fits as a beginning. Empty when there is no word. */
export const matchOf = (words: string): string => {
  const all = [...new Set(words.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])].map((word) => word.slice(0, LONGEST_WORD));
  const telling = all.filter((word) => !EMPTY.has(word));
  return (telling.length > 0 ? telling : all)
    .slice(0, MOST_WORDS)
    .map((word) => `"${word}"${word.length > 2 ? "*" : ""}`)
    .join(" OR ");
};

export const createRecordStore = ({ sqlite, database }: OpenDatabase) => {
  const of = (plugin: string, { shelf, trusted = true }: Pick<RecordList, "shelf" | "trusted">) =>
    and(eq(records.plugin, plugin), eq(records.shelf, shelf), eq(records.trusted, trusted));
  const own = (plugin: string, id: number) => and(eq(records.plugin, plugin), eq(records.id, id));

  const countOf = (where: ReturnType<typeof and>): number => database.select({ rows: count() }).from(records).where(where).get()?.rows ?? 0;

  /** Counted once and kept up: counting thousands for each new one would be dear. */
  const sizes = new Map<string, number>();
  const sizeOf = (plugin: string): number => sizes.get(plugin) ?? countOf(eq(records.plugin, plugin));
  const resize = (plugin: string, size: number): void => void sizes.set(plugin, size);

  /** So many of the untrusted, and no more. */
  const yieldRoom = (plugin: string): void => {
    const untrusted = and(eq(records.plugin, plugin), eq(records.trusted, false));
    const edge = database.select({ id: records.id }).from(records).where(untrusted).orderBy(desc(records.id)).limit(1).offset(MOST_UNTRUSTED).get();
    if (!edge) return;
    const gone = database
      .delete(records)
      .where(and(untrusted, lte(records.id, edge.id)))
      .returning({ id: records.id })
      .all();
    resize(plugin, sizeOf(plugin) - gone.length);
  };

  const get = (plugin: string, id: number): KeptRecord | undefined => {
    const row = database.select().from(records).where(own(plugin, id)).get();
    return row && shown(row);
  };

  return {
    /** On disk when it answers. Undefined: there is no room for a new one, or none of that id. */
    put(plugin: string, { tags, ...words }: RecordWords, id?: number): KeptRecord | undefined {
      const row = { plugin, ...words, tags: tags.join(" ") };
      if (id !== undefined) {
        const changed = database.update(records).set(row).where(own(plugin, id)).returning().get();
        return changed && shown(changed);
      }
      const size = sizeOf(plugin);
      if (size >= MOST_RECORDS) return undefined;
      const made = database.insert(records).values(row).returning().get();
      resize(plugin, size + 1);
      if (!made.trusted) yieldRoom(plugin);
      return shown(made);
    },
    get,
    list(plugin: string, { shelf, trusted, limit = DEFAULT_LIMIT, before }: RecordList): { records: KeptRecord[]; count: number } {
      const wanted = of(plugin, { shelf, ...(trusted === undefined ? {} : { trusted }) });
      const rows = database
        .select()
        .from(records)
        .where(before === undefined ? wanted : and(wanted, lt(records.id, before)))
        .orderBy(desc(records.id))
        .limit(limit)
        .all();
      return { records: rows.map(shown), count: countOf(wanted) };
    },
    search(plugin: string, { shelf, trusted = true, words, limit = DEFAULT_LIMIT }: RecordSearch, nowMs: number): KeptRecord[] {
      const match = matchOf(words);
      if (match === "") return [];
      // bm25 is the lower the better, and below zero for what fits.
      const query = sqlite.query<Omit<Row, "trusted" | "atMs"> & { trusted: number; at_ms: number }, [string, string, string, number, number, number, number]>(
        "SELECT r.* FROM records_words JOIN records r ON r.id = records_words.rowid WHERE records_words MATCH ? AND r.plugin = ? AND r.shelf = ? AND r.trusted = ? " +
          "ORDER BY bm25(records_words, 1.0, 2.0, 1.5) * (0.5 + 0.5 * r.confidence) * (1.0 + 1.0 / (1.0 + max(0.0, ? - r.at_ms) / ?)), r.id DESC LIMIT ?",
      );
      return query
        .all(match, plugin, shelf, trusted ? 1 : 0, nowMs, FADES_MS, limit)
        .map(({ at_ms: atMs, trusted: isTrusted, ...row }) => shown({ ...row, atMs, trusted: isTrusted === 1 }));
    },
    /** False: it was not there. */
    remove(plugin: string, id: number): boolean {
      const size = sizeOf(plugin);
      if (database.delete(records).where(own(plugin, id)).returning({ id: records.id }).get() === undefined) return false;
      resize(plugin, size - 1);
      return true;
    },
  };
};
