// Writes to a configuration only as it was read: Proxmox compares the digest, and a change by somebody else in between is told instead of overwritten (hazard: lost update).
import { JarvisError, z } from "jarvis";
import type { Query } from "./path.ts";

export const Guarded = z.looseObject({ digest: z.string().min(1) });
type Guarded = z.output<typeof Guarded>;

export interface Change {
  /** Of the configuration: `/nodes/pve/qemu/101/config`. */
  readonly path: string;
  readonly method: "POST" | "PUT";
  /** What to write, judged by what stands there now; undefined: nothing needs to be written. May throw. */
  readonly decide: (now: Guarded) => Query | undefined;
}

interface Hands {
  read(path: string): Promise<Guarded>;
  write(what: { method: "POST" | "PUT"; path: string; form: Query }): Promise<unknown>;
}

export type Changed = { unchanged: true } | { unchanged: false; data: unknown };

/**
 * Reads, decides, writes with the digest of what was read. Answers the `data` of the write, or `unchanged`.
 * Throws `unavailable` with reason `changed-meanwhile` (definitive: nothing was written) when somebody else was faster; it is not tried again by itself.
 */
export const writeGuarded = async ({ read, write }: Hands, { path, method, decide }: Change): Promise<Changed> => {
  const now = await read(path);
  const change = decide(now);
  if (change === undefined) return { unchanged: true };
  if ("digest" in change) throw new JarvisError("bug", { message: "A guarded write takes its digest from what it read." });
  return { unchanged: false, data: await write({ method, path, form: { ...change, digest: now.digest } }) };
};
