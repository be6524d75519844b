// One signal that follows several, and lets go of them: AbortSignal.any never does, and a core that runs for months would grow by every call.

export interface Link {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Must be called when the work is over; afterwards the sources no longer know of it. */
  unlink(): void;
}

export const link = (...sources: readonly AbortSignal[]): Link => {
  const own = new AbortController();
  const listeners = sources.map((source) => ({ source, listen: () => own.abort(source.reason) }));
  for (const { source, listen } of listeners) {
    if (source.aborted) own.abort(source.reason);
    else source.addEventListener("abort", listen, { once: true });
  }
  const unlink = (): void => {
    for (const { source, listen } of listeners) source.removeEventListener("abort", listen);
  };
  return { signal: own.signal, abort: (reason) => own.abort(reason), unlink };
};
