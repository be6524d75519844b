// What a run remembers of the lab book between two looks. Nothing of it is needed after a restart.

export interface Memory {
  /** The ids there were at the last look, and at how many looks each of the book's has been missing. */
  ids: string;
  readonly missing: Map<string, number>;
  /** Since when the last complaint stands. */
  words?: string;
}

export const createMemory = (): Memory => ({ ids: "", missing: new Map() });
