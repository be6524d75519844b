// Applies a difference of JSON state (RFC 6902). Without a schema: the page uses it too. Pure.
import { type Operation, applyPatch as rfcApply } from "rfc6902";

/** `value` after the operations; the argument stays as it was. Throws when one does not fit: ask for a snapshot then. */
export const patched = (value: unknown, operations: readonly Operation[]): unknown => {
  const box = { root: structuredClone(value) };
  const prefixed = operations.map((operation) =>
    "from" in operation ? { ...operation, from: `/root${operation.from}`, path: `/root${operation.path}` } : { ...operation, path: `/root${operation.path}` },
  );
  const failure = rfcApply(box, prefixed).find((outcome) => outcome !== null);
  if (failure) throw failure;
  return box.root;
};
