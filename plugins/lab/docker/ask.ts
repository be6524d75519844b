// One request as a route gets it: the engine, what the path held, the query, the body's words, and where the answer goes. It refuses a body that is no JSON object, as the engine does.
import type { ServerResponse } from "node:http";
import type { z } from "zod";
import type { Note } from "./act.ts";
import type { Box } from "./box.ts";
import { Failure } from "./failure.ts";
import type { Stock } from "./stock.ts";
import type { World } from "./world.ts";

export interface Engine extends World {
  readonly boxes: Box[];
  readonly stock: Stock;
  readonly note: Note;
  /** The same for what is no container: `image/mgmt/grafana`. */
  readonly noteOther: (kind: "image" | "network" | "volume", name: string, method: string, path: string) => void;
}

export interface Ask {
  readonly engine: Engine;
  readonly query: URLSearchParams;
  /** As it came; undefined when there was none. */
  readonly body: string | undefined;
  readonly response: ServerResponse;
  /** What stood in the path's brackets, decoded. */
  readonly held: readonly string[];
}

export function wordsOf<T>({ body }: Pick<Ask, "body">, shape: z.ZodType<T>): T {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body === undefined || body === "" ? "{}" : body);
  } catch {
    throw new Failure(400, "invalid JSON: unexpected end of input");
  }
  const read = shape.safeParse(parsed);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Failure(400, `invalid JSON: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unknown"}`);
}

export const yes = (query: URLSearchParams, name: string): boolean => ["1", "true", "True", "TRUE"].includes(query.get(name) ?? "");
