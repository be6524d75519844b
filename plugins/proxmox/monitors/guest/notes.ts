// What the readings of guests remember and share, for as long as the client lives: what each monitor found out that the others draw from. Holds; decides nothing.

import { perClient } from "../turns.ts";
import { createFlights, type Flights } from "./flight.ts";
import { createLives, type Lives } from "./life.ts";
import { createMotion, type Motion } from "./motion.ts";
import { createReturns, type Returns } from "./returned.ts";

/** `askedAt`, `since`: epoch ms, ours. `answers` is unknown while the agent could not be asked (`words` say why). */
export interface AgentNote {
  askedAt: number;
  answers: "yes" | "no" | "unknown";
  /** How often in a row it did not answer, and since when. */
  failures: number;
  since: number;
  /** Whether the guest sent or wrote anything in the minute before it was asked; absent: not known. */
  moved?: boolean;
  frozen?: boolean;
  /** Where that was read. */
  source: string;
  words?: string;
}

export interface SnapshotNote {
  askedAt: number;
  /** Digest of the configuration they were read under. */
  digest: string | undefined;
  /** Epoch ms of the cluster's clock; the oldest first. */
  snapshots: { name: string; at: number; described: boolean }[];
  words?: string;
}

export interface KillNote {
  count: number;
  /** The last one, epoch ms of our clock. */
  at: number;
  process: string;
  line: string;
  source: string;
}

export interface GuestNotes {
  readonly lives: Lives;
  readonly motion: Motion;
  readonly flights: Flights;
  readonly returns: Returns;
  readonly agents: Map<number, AgentNote>;
  readonly snapshots: Map<number, SnapshotNote>;
  /** Processes that a container's memory limit cost it, by vmid. */
  readonly kills: Map<number, KillNote>;
}

export const notesOf = perClient(
  (): GuestNotes => ({
    lives: createLives(),
    motion: createMotion(),
    flights: createFlights(),
    returns: createReturns(),
    agents: new Map(),
    snapshots: new Map(),
    kills: new Map(),
  }),
);

/** Forgets guests that are gone. */
export const keepOnly = (own: GuestNotes, present: ReadonlySet<number>): void => {
  for (const map of [own.agents, own.snapshots, own.kills]) for (const vmid of map.keys()) if (!present.has(vmid)) map.delete(vmid);
  own.lives.keepOnly(present);
  own.motion.keepOnly(present);
  own.flights.keepOnly(present);
};
