// What a model was shown of the house: words with the source and time they came from, so that each number of an answer can be led back. Shapes only.

export interface Reading {
  readonly text: string;
  readonly source: string;
  readonly at?: string;
}

/** `isFree`: somebody outside wrote part of it: a log, a note, a cause. */
export interface Facts {
  readonly readings: readonly Reading[];
  readonly isFree: boolean;
}
