// What was found of calls after they had ended: effects that came after a call was closed as not applied, and how a console ended. Notes beside the rows, which do not change any more.
import { and, asc, eq, gt, inArray, isNotNull, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Call } from "../../contract/call.ts";
import { ConsoleEnd } from "../../contract/console.ts";
import type { OpenDatabase } from "../open.ts";
import { records } from "./schema.ts";

/** `upids`: the remote tasks. `ours`: they prove that it was our own act; without it somebody else may have done the same. */
export const LateNote = z.object({ late: z.object({ upids: z.array(z.string()), ours: z.boolean(), words: z.string() }) });

const ConsoleNote = z.object({ console: ConsoleEnd });
/** Targets of calls that opened a console. */
const CONSOLE = "console/";

export interface LateEffect {
  readonly callId: string;
  /** When it was found, epoch ms. */
  readonly at: number;
  readonly upids: readonly string[];
  readonly ours: boolean;
  readonly words: string;
}

export const createLate = (database: OpenDatabase["database"]) => {
  /** Oldest first. */
  const effectsIn = (which: SQL | undefined): LateEffect[] =>
    database
      .select({ callId: records.callId, at: records.at, data: records.data })
      .from(records)
      .where(which)
      .orderBy(asc(records.seq))
      .all()
      .flatMap(({ callId, at, data }) => {
        const note = LateNote.safeParse(JSON.parse(data)).data;
        return note === undefined || callId === null ? [] : [{ callId, at, ...note.late }];
      });

  const late = (sinceMs = 0): LateEffect[] => effectsIn(and(eq(records.kind, "note"), isNotNull(records.callId), gt(records.at, sinceMs)));

  /** Of these calls: whoever lists some must not read every note there ever was. */
  const lateOf = (callIds: readonly string[]): LateEffect[] => (callIds.length === 0 ? [] : effectsIn(and(eq(records.kind, "note"), inArray(records.callId, [...callIds]))));

  /** How consoles ended, by call. */
  const consoleEnds = (callIds: readonly string[]): Map<string, ConsoleEnd> =>
    new Map(
      database
        .select({ callId: records.callId, data: records.data })
        .from(records)
        .where(and(eq(records.kind, "note"), inArray(records.callId, [...callIds])))
        .all()
        .flatMap(({ callId, data }) => {
          const note = ConsoleNote.safeParse(JSON.parse(data)).data;
          return note === undefined || callId === null ? [] : [[callId, note.console] as const];
        }),
    );

  /** The calls with what came late among their warnings, and consoles with their end. */
  const told = (calls: readonly Call[]): Call[] => {
    const found = lateOf(calls.map(({ callId }) => callId));
    const opened = calls.filter(({ target }) => target?.startsWith(CONSOLE) === true).map(({ callId }) => callId);
    const ends = opened.length === 0 ? undefined : consoleEnds(opened);
    return calls.map((call) => {
      const mine = found.filter(({ callId }) => callId === call.callId).map(({ words }) => words);
      const end = ends?.get(call.callId);
      return { ...call, ...(mine.length === 0 ? {} : { warnings: [...(call.warnings ?? []), ...mine] }), ...(end === undefined ? {} : { console: end }) };
    });
  };

  return { late, told };
};
