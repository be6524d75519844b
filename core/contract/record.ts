// A record: a few words that a plugin was told to keep, with who said them and when. Bounded; the host says whose words they are, never the plugin.
import { z } from "zod";

/** `outside`: a model, an MCP client, or a request that text from outside took part in. `jarvis`: a plugin of its own accord. */
export const RecordSource = z.enum(["person", "script", "jarvis", "outside"]);
export type RecordSource = z.infer<typeof RecordSource>;

/**
 * `id`: the one that is written anew; absent: a new one. `shelf`: the plugin's own word for a kind of its records. `confidence`: 0 to 1, default 1.
 * `confirm`: what came from outside counts from now on as the person's who says so; in a tool that the operator called, and nowhere else.
 */
export const RecordDraft = z.strictObject({
  id: z.number().int().positive().exactOptional(),
  shelf: z.string().regex(/^[a-z][a-z0-9-]{0,29}$/, "a shelf is lower case letters, digits and -"),
  text: z.string().min(1).max(4000),
  about: z.string().max(200).exactOptional(),
  confidence: z.number().min(0).max(1).exactOptional(),
  tags: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9:_-]{0,59}$/, "a tag is lower case letters, digits, : _ and -"))
    .max(12)
    .exactOptional(),
  confirm: z.literal(true).exactOptional(),
});
export type RecordDraft = z.infer<typeof RecordDraft>;

/** `by`: the id of who said it. `at`: ISO time its words were written. `trusted`: nobody outside said it, or a person stands behind it since. */
export interface KeptRecord {
  id: number;
  shelf: string;
  text: string;
  about: string;
  source: RecordSource;
  by: string;
  at: string;
  confidence: number;
  tags: string[];
  trusted: boolean;
}

/** Default: what is trusted; `trusted: false` for what came from outside and nobody stands behind, and for nothing else. `limit`: default 50, at most 500. */
const part = { shelf: z.string().max(30), trusted: z.boolean().exactOptional(), limit: z.number().int().positive().max(500).exactOptional() };
/** `before`: only ids below it, for the next page. */
export const RecordList = z.strictObject({ ...part, before: z.number().int().positive().exactOptional() });
export type RecordList = z.infer<typeof RecordList>;
/** `words`: plain words, no syntax; a record needs one of them. Best first: how well it fits, then how new and how sure it is. */
export const RecordSearch = z.strictObject({ ...part, words: z.string().max(2000) });
export type RecordSearch = z.infer<typeof RecordSearch>;

/** The records of one plugin, newest first. `count`: all of that shelf and trust. */
export interface PluginRecords {
  /** Throws not_found (`id`), too_large (no room), operator_only (`confirm`), permission (from a part of the plugin that only looks). */
  put(draft: RecordDraft): Promise<KeptRecord>;
  get(id: number): Promise<KeptRecord | undefined>;
  list(query: RecordList): Promise<{ records: KeptRecord[]; count: number }>;
  search(query: RecordSearch): Promise<KeptRecord[]>;
  /** For good. False: it was not there. */
  remove(id: number): Promise<boolean>;
}

/** Past incidents, newest first: of one resource where it is named, opened within so many days (default 30, at most 400). `limit`: default 50, at most 500. */
export const IncidentsWanted = z.strictObject({
  resource: z.string().max(200).exactOptional(),
  days: z.number().positive().max(400).exactOptional(),
  limit: z.number().int().positive().max(500).exactOptional(),
});
export type IncidentsWanted = z.infer<typeof IncidentsWanted>;
