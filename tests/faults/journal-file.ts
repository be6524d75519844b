// Reads a core's journal.db from outside, dead or stopped: SQLite's own check, the chain and the anchor proved anew, every call with its ends. Shares no code with the core. For tests only.
import { Database } from "bun:sqlite";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** Written down here a second time on purpose: a mistake in the core's own list must not hide itself. */
const ENDED = ["refused", "denied", "expired", "aborted", "unresolved", "succeeded", "failed", "rolled_back", "rollback_failed"];
const GENESIS = "0".repeat(64);

const Rows = z.array(
  z.object({
    callId: z.string(),
    tool: z.string(),
    effect: z.string(),
    target: z.string().nullable(),
    state: z.string(),
    rule: z.string(),
    text: z.string().nullable(),
    upid: z.string().nullable(),
    sentMs: z.number().nullable(),
    /** Records of it that say `sending`, records that end it, reports of it. */
    sendings: z.number(),
    ends: z.number(),
    reports: z.number(),
  }),
);
export type Written = z.output<typeof Rows>[number];

const Chained = z.array(
  z.object({
    seq: z.number(),
    call_id: z.string().nullable(),
    at: z.number(),
    kind: z.string(),
    state: z.string().nullable(),
    data: z.string(),
    prev: z.string(),
    hash: z.string(),
  }),
);
const Anchor = z.object({ seq: z.number(), hash: z.string() });
const Checked = z.array(z.object({ integrity_check: z.string() }));

export const hasEnded = ({ state }: Pick<Written, "state">): boolean => ENDED.includes(state);

/** A copy with its log is read, so that looking mends nothing. */
const onCopy = <T>(folder: string, name: string, look: (file: Database) => T): T => {
  const away = mkdtempSync(join(tmpdir(), "jarvis-look-"));
  try {
    for (const suffix of ["", "-wal"]) if (existsSync(join(folder, name + suffix))) copyFileSync(join(folder, name + suffix), join(away, name + suffix));
    const file = new Database(join(away, name));
    try {
      return look(file);
    } finally {
      file.close();
    }
  } finally {
    rmSync(away, { recursive: true, force: true });
  }
};

/** SQLite's own words on the file as a death left it: `ok`, or what is broken. */
export const integrityOf = (folder: string, name: "journal.db" | "jarvis.db"): string =>
  onCopy(folder, name, (file) =>
    Checked.parse(file.query("PRAGMA integrity_check").all())
      .map((row) => row.integrity_check)
      .join("; "),
  );

const chainBreaks = (file: Database, anchorPath: string): string[] => {
  const records = Chained.parse(file.query("SELECT seq, call_id, at, kind, state, data, prev, hash FROM records ORDER BY seq").all());
  const breaks: string[] = [];
  let before = { seq: 0, hash: GENESIS };
  for (const record of records) {
    const { seq, call_id, at, kind, state, data, prev, hash } = record;
    const own = createHash("sha256")
      .update(prev + JSON.stringify([seq, call_id, at, kind, state, data]))
      .digest("hex");
    if (seq !== before.seq + 1 || prev !== before.hash || hash !== own) breaks.push(`record ${seq} does not follow record ${before.seq}`);
    before = { seq, hash };
  }
  const anchor = Anchor.parse(JSON.parse(readFileSync(anchorPath, "utf8")));
  if (records.find(({ seq }) => seq === anchor.seq)?.hash !== anchor.hash) breaks.push(`the anchor remembers another record ${anchor.seq}`);
  return breaks;
};

/** `folder`: where journal.db and the anchor lie. `breaks`: what is wrong with the file itself. */
export const readJournal = (folder: string): { breaks: string[]; calls: Written[] } =>
  onCopy(folder, "journal.db", (file) => {
    const ended = ENDED.map((state) => `'${state}'`).join(",");
    const calls = Rows.parse(
      file
        .query(
          `SELECT call_id AS callId, tool, effect, target, state, rule, text, upid, sent_ms AS sentMs,
             (SELECT count(*) FROM records r WHERE r.call_id = calls.call_id AND r.kind = 'transition' AND r.state = 'sending') AS sendings,
             (SELECT count(*) FROM records r WHERE r.call_id = calls.call_id AND r.kind = 'transition' AND r.state IN (${ended})) AS ends,
             (SELECT count(*) FROM reports p WHERE p.call_id = calls.call_id) AS reports
           FROM calls ORDER BY n`,
        )
        .all(),
    );
    const whole = integrityOf(folder, "journal.db");
    return { breaks: [...(whole === "ok" ? [] : [whole]), ...chainBreaks(file, join(folder, "anchor"))], calls };
  });

/** What the last record in the file says: the one a death fell upon. */
export const lastWritten = (folder: string): string =>
  onCopy(folder, "journal.db", (file) => z.object({ state: z.string().nullable() }).parse(file.query("SELECT state FROM records ORDER BY seq DESC LIMIT 1").get()).state ?? "note");
