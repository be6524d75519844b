// Finds the container a path names: by name, whole id or the start of an id. It refuses in the engine's words.
import type { Box } from "./box.ts";
import { Failure } from "./failure.ts";

export function find(boxes: readonly Box[], word: string): Box {
  const plain = word.replace(/^\//, "");
  const exact = boxes.find((box) => box.id === plain || box.made.name === plain);
  if (exact) return exact;
  const starting = /^[0-9a-f]+$/.test(plain) ? boxes.filter((box) => box.id.startsWith(plain)) : [];
  if (starting.length > 1) throw new Failure(500, `Multiple IDs found with provided prefix: ${plain}`);
  const [only] = starting;
  if (only === undefined) throw new Failure(404, `No such container: ${word}`);
  return only;
}
