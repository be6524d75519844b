// What a run remembers of the lab book between two looks. Nothing of it is needed after a restart.

export interface Memory {
  /** The ids there were at the last look (undefined: there was none yet), and at how many looks each of the book's has been missing. */
  ids: string | undefined;
  readonly missing: Map<string, number>;
}

export const createMemory = (): Memory => ({ ids: undefined, missing: new Map() });
