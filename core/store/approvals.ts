// What the operator decided about a plugin: what was taken away from its wishes. Reads only; deciding is the CLI's.
import { eq } from "drizzle-orm";
import { z } from "zod";
import { PermissionName } from "../contract/permission.ts";
import type { OpenDatabase } from "./open.ts";
import { approvals } from "./schema.ts";

const Denied = z.partialRecord(PermissionName, z.array(z.string()));

export const createApprovals = ({ database }: OpenDatabase) => ({
  /** Permission -> the values the operator denied; none when nothing was decided. */
  denied(plugin: string): Partial<Record<PermissionName, string[]>> {
    const row = database.select().from(approvals).where(eq(approvals.plugin, plugin)).get();
    const parsed = row && Denied.safeParse(JSON.parse(row.denied));
    return parsed?.success ? Object.fromEntries(Object.entries(parsed.data).filter(([, values]) => values !== undefined)) : {};
  },
});
