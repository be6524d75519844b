// How a guest's agent stands, and whether the guest itself moves while it is silent: a dead agent in a living guest, or a guest that hangs. Pure.
import { z } from "jarvis";
import { isMoving, type Rates } from "./motion.ts";
import type { AgentNote } from "./notes.ts";

/** `answers` is unknown while it could not be asked; `words` say why. `failures` in a row, since `since`. `moves`: only while it is silent. */
export const GuestAgent = z.object({
  answers: z.enum(["yes", "no", "unknown"]),
  failures: z.number().int(),
  since: z.string().optional(),
  frozen: z.boolean().optional(),
  source: z.string(),
  words: z.string().optional(),
  /** `yes`: it sends or writes though silent; `no`: neither for a minute, its processors flat; `unsure`: not looked at for long enough since, not asked since it went on, or neither fits. */
  moves: z.enum(["yes", "no", "unsure"]).optional(),
});
export type GuestAgent = z.output<typeof GuestAgent>;

interface Look {
  readonly rates: Rates | undefined;
  /** A fraction of its own `cpus`. */
  readonly cpu: number | undefined;
  readonly cpus: number | undefined;
}

/** Until the node's rounds tell nothing more of the time before the silence. */
const ROUNDS_MS = 25_000;
const IDLE = 0.005;
/** Of one core, or of all of them. */
const BUSY = 0.97;

const isFlat = ({ cpu, cpus }: Look): boolean => cpu !== undefined && (cpu <= IDLE || cpu >= BUSY || (cpus !== undefined && Math.abs(cpu * cpus - 1) <= 1 - BUSY));

const movesOf = (note: AgentNote, look: Look): "yes" | "no" | "unsure" => {
  const { rates } = look;
  if (rates === undefined) return "unsure";
  if (isMoving(rates)) {
    // Silent when it stood still proves nothing of an agent in a guest that goes on again: it is asked anew first.
    return note.moved === false || rates.fromMs < note.since + ROUNDS_MS ? "unsure" : "yes";
  }
  return isFlat(look) ? "no" : "unsure";
};

export const agentOf = (note: AgentNote | undefined, look: Look): GuestAgent | undefined => {
  if (note === undefined) return undefined;
  const { answers, failures, since, frozen, source, words } = note;
  const silent = answers === "no";
  return {
    answers,
    failures,
    ...(silent ? { since: new Date(since).toISOString(), moves: movesOf(note, look) } : {}),
    ...(frozen === undefined ? {} : { frozen }),
    source,
    ...(words === undefined ? {} : { words }),
  };
};
