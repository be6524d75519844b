// Applies a difference of JSON state (RFC 6902). Without a schema: the page uses it too. Pure.
import { type Operation, applyPatch as rfcApply } from "rfc6902";

const unescaped = (token: string): string => token.replaceAll("~1", "/").replaceAll("~0", "~");
const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;
const copied = (value: object): object => (Array.isArray(value) ? [...value] : { ...value });

/** Makes everything on the way to `pointer` a copy of our own, so that only what a patch names is copied: of ten thousand things a tick changes few. */
const unshare = (box: object, pointer: string, own: WeakSet<object>): void => {
  let at = box;
  for (const token of pointer.split("/").slice(1, -1).map(unescaped)) {
    const below: unknown = Object.hasOwn(at, token) && token !== "__proto__" ? Reflect.get(at, token) : undefined;
    if (!isContainer(below)) return;
    const mine = own.has(below) ? below : copied(below);
    own.add(mine);
    Reflect.set(at, token, mine);
    at = mine;
  }
};

/** `value` after the operations; the argument stays as it was, and what no operation names is the same object in both. Throws when one does not fit: ask for a snapshot then. */
export const patched = (value: unknown, operations: readonly Operation[]): unknown => {
  const box = { root: value };
  const own = new WeakSet<object>();
  for (const operation of operations) {
    const prefixed = "from" in operation ? { ...operation, from: `/root${operation.from}`, path: `/root${operation.path}` } : { ...operation, path: `/root${operation.path}` };
    unshare(box, prefixed.path, own);
    if ("from" in prefixed) unshare(box, prefixed.from, own);
    const [failure] = rfcApply(box, [prefixed]);
    if (failure) throw failure;
  }
  return box.root;
};
