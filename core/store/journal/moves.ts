// The writes of a call's life: born as proposed, moved along the edges, its ask kept and decided, its report written with its last state.
import { eq } from "drizzle-orm";
import { type CallState, isTerminal } from "../../contract/call.ts";
import { JarvisError } from "../../contract/error.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Appender, Entry, Transaction } from "./appender.ts";
import { freshRow, type NewCall } from "./rows.ts";
import { type AskRow, type AskState, asks, calls, type Patch, type Report, type Row, reports } from "./schema.ts";

export interface Step {
  readonly to: CallState;
  readonly patch?: Patch;
}

interface Beside {
  /** Kept with the move to `held`. */
  readonly ask?: Omit<AskRow, "state" | "decidedBy" | "words">;
  /** Closes the ask with the move out of `held`. */
  readonly decided?: { readonly id: string; readonly state: Exclude<AskState, "open">; readonly by: AskRow["decidedBy"]; readonly words: string | null };
  /** Required when the last step is terminal: what to tell. */
  readonly report?: (row: Row) => Report;
}

interface Options {
  appender: Appender;
  clock: Clock;
  /** Throws where what acts now would leave no trace. */
  mustBeInPlace: () => void;
  /** The next number of append order. */
  number: () => number;
}

/** What must be found again, whoever looks: from here on something may be done. All else only tells what was. */
const ACTS: ReadonlySet<CallState> = new Set<CallState>(["intent", "sending"]);

const applied = (row: Row, steps: readonly Step[], now: number): Row[] => {
  let last = row;
  return steps.map(({ to, patch }) => {
    last = { ...last, ...patch, state: to, ...(isTerminal(to) ? { endedMs: now } : {}) };
    return last;
  });
};

export const createMoves = ({ appender, clock, mustBeInPlace, number }: Options) => {
  const propose = (call: NewCall): Row => {
    const row = freshRow(call, number(), Math.round(clock.now()));
    const entry: Entry = { callId: row.callId, kind: "transition", state: row.state, data: { row } };
    appender.append([entry], (tx) => void tx.insert(calls).values(row).run());
    return row;
  };

  const writeBeside = (tx: Transaction, row: Row, { ask, decided, report }: Beside): void => {
    if (ask)
      tx.insert(asks)
        .values({ ...ask, state: "open", decidedBy: null, words: null })
        .run();
    if (decided) tx.update(asks).set({ state: decided.state, decidedBy: decided.by, words: decided.words }).where(eq(asks.id, decided.id)).run();
    if (!isTerminal(row.state)) return;
    if (!report) throw new JarvisError("bug", { message: `call ${row.callId} ended without a report` });
    tx.insert(reports)
      .values({ callId: row.callId, at: Math.round(clock.now()), state: row.state, body: report(row) })
      .run();
  };

  /** Moves a call one or more steps in one durable transaction. Throws journal errors; an edge that is none is refused by the database. */
  const move = (row: Row, steps: readonly Step[], beside: Beside = {}): Row => {
    if (steps.some(({ to }) => ACTS.has(to))) mustBeInPlace();
    const rows = applied(row, steps, Math.round(clock.now()));
    const last = rows.at(-1) ?? row;
    const entries: Entry[] = steps.map((step, index) => ({
      callId: row.callId,
      kind: "transition",
      state: step.to,
      data: { row: { ...step.patch, state: step.to, ...(isTerminal(step.to) ? { endedMs: rows[index]?.endedMs } : {}) }, ...(beside.decided ? { decided: beside.decided } : {}) },
    }));
    appender.append(entries, (tx) => {
      for (const [index, step] of steps.entries()) {
        const at = rows[index];
        if (at)
          tx.update(calls)
            .set({ ...step.patch, state: step.to, endedMs: at.endedMs })
            .where(eq(calls.callId, row.callId))
            .run();
      }
      writeBeside(tx, last, beside);
    });
    return last;
  };

  return { propose, move };
};
