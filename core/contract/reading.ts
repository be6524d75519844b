// A reading: the last good value of a channel, with its freshness.

/** Last good value of a channel. `stale`: the newest attempt failed; `since`: ISO time staleness began; `words`: why. */
export interface Reading {
  value: unknown;
  revision: number;
  at: string;
  stale: boolean;
  since?: string;
  words?: string;
}
