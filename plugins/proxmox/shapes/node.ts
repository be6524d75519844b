// GET /nodes/N/status, as far as its memory. `available` is told by some 9.x only; `free` means with the page cache up to 8.4 and without it after.
import { z } from "jarvis";
import { looseNumber } from "./loose.ts";

export const NodeMemory = z.object({ memory: z.object({ total: looseNumber, used: looseNumber, free: looseNumber, available: looseNumber }) });

/** Bytes a new guest could have. `used` leaves the page cache out in every release: what it leaves is what can be had. */
export const memoryFreeOf = ({ memory: { total, used, free, available } }: z.infer<typeof NodeMemory>): number | undefined =>
  available ?? (total !== undefined && used !== undefined ? total - used : free);
