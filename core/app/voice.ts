// Whose voice answers, wired: the configuration's until somebody chose another, kept across runs; without jokes while something critical is open.
import { createPersona } from "../agent/persona.ts";
import { PersonaName } from "../contract/persona.ts";
import type { Records } from "../incidents/record.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { createKept } from "../store/kept.ts";

const KEY = "persona";

interface Parts {
  folder: string;
  /** Of the configuration. */
  name: string;
  kept: Pick<ReturnType<typeof createKept>, "get" | "set">;
  records: Pick<Records, "openOnes">;
  clock: Clock;
  log: Log;
  told: (words: string) => void;
}

export const createVoice = ({ kept, records, ...rest }: Parts): ReturnType<typeof createPersona> =>
  createPersona({
    ...rest,
    chosen: { get: () => kept.get(KEY, PersonaName), set: (name) => kept.set(KEY, name) },
    isGrave: () => records.openOnes().some(({ severity }) => severity === "critical"),
  });
