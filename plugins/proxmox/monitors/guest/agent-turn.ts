// Which guests are asked for their agent before the others: those of whom something is doubted or told, each after its own while. Pure; a guest that nothing is doubted of waits for its turn.
import { isMoving, type Rates } from "./motion.ts";
import type { AgentNote } from "./notes.ts";

const MINUTE_MS = 60_000;
/** So often in a row it is silent before that is told. */
export const CERTAIN = 2;
/** One that sends or writes nothing is asked at once, and then no oftener than this. */
const STILL_MS = 3 * MINUTE_MS;
/** What was told silent is asked again, ever more seldom: an agent that is not there holds a worker of the node for three seconds. */
const [AGAIN_MS, SELDOM_MS] = [2 * MINUTE_MS, 30 * MINUTE_MS];

interface Look {
  readonly note: AgentNote | undefined;
  readonly rates: Rates | undefined;
  /** A backup of it ended a moment ago. */
  readonly afterBackup: boolean;
  readonly nowMs: number;
}

/** It went on since it was asked: its agent may, too. */
const goesOnAgain = ({ moved }: AgentNote, rates: Rates | undefined): boolean => moved === false && rates !== undefined && isMoving(rates);

export const isSuspect = ({ note, rates, afterBackup, nowMs }: Look): boolean => {
  const isStill = rates !== undefined && (rates.sent === 0 || rates.written === 0);
  if (note === undefined) return isStill;
  const ageMs = nowMs - note.askedAt;
  if (note.failures > 0 && note.failures < CERTAIN) return true;
  if (note.frozen === true || (afterBackup && note.frozen === undefined) || goesOnAgain(note, rates)) return true;
  if (note.failures >= CERTAIN && ageMs >= Math.min(SELDOM_MS, AGAIN_MS * 2 ** (note.failures - CERTAIN))) return true;
  return isStill && ageMs >= STILL_MS;
};
