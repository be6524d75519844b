// What was found of calls after they had ended: effects that came after a call was closed as not applied. Notes beside the rows, which do not change any more.
import { and, asc, eq, gt, isNotNull } from "drizzle-orm";
import { z } from "zod";
import type { Call } from "../../contract/call.ts";
import type { OpenDatabase } from "../open.ts";
import { records } from "./schema.ts";

/** `upids`: the remote tasks. `ours`: they prove that it was our own act; without it somebody else may have done the same. */
export const LateNote = z.object({ late: z.object({ upids: z.array(z.string()), ours: z.boolean(), words: z.string() }) });

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
  const late = (sinceMs = 0): LateEffect[] =>
    database
      .select({ callId: records.callId, at: records.at, data: records.data })
      .from(records)
      .where(and(eq(records.kind, "note"), isNotNull(records.callId), gt(records.at, sinceMs)))
      .orderBy(asc(records.seq))
      .all()
      .flatMap(({ callId, at, data }) => {
        const note = LateNote.safeParse(JSON.parse(data)).data;
        return note === undefined || callId === null ? [] : [{ callId, at, ...note.late }];
      });

  /** The calls with what came late among their warnings. */
  const told = (calls: readonly Call[]): Call[] => {
    const found = late();
    return calls.map((call) => {
      const mine = found.filter(({ callId }) => callId === call.callId).map(({ words }) => words);
      return mine.length === 0 ? call : { ...call, warnings: [...(call.warnings ?? []), ...mine] };
    });
  };

  return { late, told };
};
