// What one wire format must be able to do so that the one loop of run.ts can speak it. May throw: the loop makes a failure of it.
import type { Guard } from "./guard.ts";
import type { ModelEvent, ModelRequest } from "./model.ts";
import type { Broken } from "./wish.ts";

/** Inside the loop a wish may be one that nobody can carry out. */
export type Heard = Exclude<ModelEvent, { kind: "usage" }> | { kind: "usage"; input: number; output: number; cached: number; written?: number } | Broken;

/** Reads one answer piece by piece. */
export interface Reader {
  /** Throws ModelTrouble on what makes no sense. */
  read: (chunk: unknown) => readonly Heard[];
  /** The stream is over: what is left to say, last of all `end`; nothing of `end` where it broke off. */
  close: () => readonly Heard[];
}

export interface Dialect {
  /** Sends the request. Resolves with its pieces, each as it came. */
  open: (request: ModelRequest, guard: Guard) => Promise<AsyncIterable<unknown>>;
  reader: (request: ModelRequest) => Reader;
  /** Leaves out what this server refuses, once for each; false when there is nothing to leave out. */
  yields: (thrown: unknown) => boolean;
}
