// An error as the wire tells it: the stable word and the sentence. Holds no state.

export class WireError extends Error {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(type: string, message: string, data: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "WireError";
    this.type = type;
    this.data = data;
  }
}

/** The sentence of anything thrown. */
export const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

export const isWireError = (thrown: unknown, type: string): boolean => thrown instanceof WireError && thrown.type === type;
