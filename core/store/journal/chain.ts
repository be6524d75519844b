// The hash chain: canonical JSON and the hash of a record after the one before it. Pure; knows no database.
import type { JournalRecord } from "./schema.ts";

export const GENESIS = "0".repeat(64);

/** JSON with sorted keys and without undefined: equal values give equal text. */
export const canonical = (value: unknown): string => {
  if (value === undefined) return "null";
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(",")}}`;
};

export const sha256 = (text: string): string => new Bun.CryptoHasher("sha256").update(text).digest("hex");

/** `data` is already canonical text. */
export const recordHash = (prev: string, record: Pick<JournalRecord, "seq" | "callId" | "at" | "kind" | "state" | "data">): string =>
  sha256(`${prev}${canonical([record.seq, record.callId, record.at, record.kind, record.state, record.data])}`);

/** Why a record does not follow its predecessor, or undefined when it does. */
export const breakAt = (before: { seq: number; hash: string }, record: JournalRecord): string | undefined => {
  if (record.seq !== before.seq + 1) return `record ${before.seq + 1} is missing`;
  if (record.prev !== before.hash) return `record ${record.seq} does not follow record ${before.seq}`;
  if (record.hash !== recordHash(record.prev, record)) return `record ${record.seq} was changed`;
  return undefined;
};
