// What is wrong with the lab's model now, for each of its two wires. Faults write it, the wires read it; a healed stall goes on where it stood.

export const WIRES = ["local", "cloud"] as const;
export type Wire = (typeof WIRES)[number];

export const GARBLES = ["cut", "json", "html"] as const;
export type Garble = (typeof GARBLES)[number];
export const REFUSALS = [429, 503, 529] as const;
export const MISFITS = ["shape", "json"] as const;

export interface Trouble {
  isDown: boolean;
  isRevoked: boolean;
  /** Every request is refused with this status. */
  overloaded?: { status: (typeof REFUSALS)[number]; retrySeconds: number };
  /** Streams fall silent after so many pieces. */
  stall?: { pieces: number };
  garble?: Garble;
  misfit?: (typeof MISFITS)[number];
  lies: boolean;
}

export interface Troubles {
  of(wire: Wire): Trouble;
  /** Changes it; whoever waits looks again. */
  set(wire: Wire, change: (trouble: Trouble) => void): void;
  /** Resolves at the next change, or when `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>;
}

export function createTroubles(): Troubles {
  const troubles: Record<Wire, Trouble> = { local: { isDown: false, isRevoked: false, lies: false }, cloud: { isDown: false, isRevoked: false, lies: false } };
  let next = Promise.withResolvers<void>();
  return {
    of: (wire) => troubles[wire],
    set(wire, change) {
      change(troubles[wire]);
      const over = next;
      next = Promise.withResolvers();
      over.resolve();
    },
    changed: (signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
        void next.promise.then(resolve);
      }),
  };
}
