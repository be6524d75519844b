// What a backup server's next garbage collection frees, by the storage Proxmox VE knows it as. Written by the `pbs` monitor, read by `storage`; empty without a backup server.
import { perClient } from "../monitors/turns.ts";

export const pendingBy = perClient(() => new Map<string, number>());
