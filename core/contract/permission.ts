// Permissions: Deno's words and grain. What a plugin asks for; what it gets is a grant.
import { z } from "zod";

export const PERMISSION_NAMES = ["net", "run", "read", "write", "env", "tool", "state"] as const;
export const PermissionName = z.enum(PERMISSION_NAMES);
export type PermissionName = z.infer<typeof PermissionName>;

/** One wish: `host[:port]`, `unix:PATH`, a path, `memory:PATH` (in the memory folder), `own:PATH` (where this house writes), a program, a tool or channel pattern, `records` (of `state`: records of its own), or `config:KEY`; with the author's reason when given. */
export const Wish = z.union([z.string().min(1).max(300), z.object({ value: z.string().min(1).max(300), why: z.string().min(1).max(300) })]);
export type Wish = z.infer<typeof Wish>;

/** Absent means denied. */
export const Permissions = z.partialRecord(PermissionName, z.array(Wish).max(100));
export type Permissions = Readonly<Partial<Record<PermissionName, readonly Wish[]>>>;

export const wishValue = (wish: Wish): string => (typeof wish === "string" ? wish : wish.value);
