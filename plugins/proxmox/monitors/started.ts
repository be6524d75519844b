// When something started, told from its uptime without jitter: Proxmox's numbers are up to a round old, so the earliest time is the truest. Pure but for the memory it is handed.
import type { Memory } from "../client/memory.ts";

/** A round that comes late tells a later start; so much later it is another one, or our clock was set. */
const LATE_MS = 60_000;

/** ISO time of the start of `id`, or undefined while it does not run. */
export const startOf = (memory: Memory["started"], id: string, uptimeSeconds: number | undefined, nowMs: number): string | undefined => {
  if (uptimeSeconds === undefined || uptimeSeconds <= 0) {
    memory.delete(id);
    return undefined;
  }
  const told = Math.round((nowMs - uptimeSeconds * 1000) / 1000) * 1000;
  const known = memory.get(id);
  const restarted = known !== undefined && uptimeSeconds < known.uptime;
  const same = known !== undefined && !restarted && told - known.at <= LATE_MS;
  const at = same ? Math.min(known.at, told) : told;
  const steady = same && known.at - at <= 3000 ? known.at : at;
  memory.set(id, { at: steady, uptime: uptimeSeconds });
  return new Date(steady).toISOString();
};
