// What Jarvis knows of itself and of what it cannot do without: each fact with how it is known and since when. Schemas only.
import { z } from "zod";
import { ResourceId } from "./resource.ts";

/** What carries it (`machine` is what it reads of itself), and what it reaches the world by. `engine`: what its container runs in; `server`: who serves the storage. */
export const SelfRole = z.enum(["machine", "container", "engine", "guest", "node", "storage", "server", "dns", "gateway", "proxy", "model"]);
export type SelfRole = z.infer<typeof SelfRole>;

/**
 * `id`: absent when it is no resource Jarvis sees, or not known; the words say which. `at`: ISO time since which it is known so.
 * `guarded`: what Jarvis refuses on it in every mode: every change, whatever disturbs, or nothing.
 */
export const SelfFact = z.object({
  role: SelfRole,
  id: ResourceId.optional(),
  words: z.string().max(400),
  how: z.string().max(400),
  at: z.string(),
  guarded: z.enum(["always", "disruptive", "no"]),
});
export type SelfFact = z.infer<typeof SelfFact>;

/** `resources`: ids on which nothing is changed. `lookedAt`: when it last read its own signs; it does so every hour. */
export const SelfStatus = z.object({
  state: z.enum(["guest", "outside", "unknown"]),
  resources: z.array(z.string()),
  words: z.string(),
  facts: z.array(SelfFact).max(100).optional(),
  lookedAt: z.string().optional(),
});
export type SelfStatus = z.infer<typeof SelfStatus>;
