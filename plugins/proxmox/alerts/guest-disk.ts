// A container whose own root disk is nearly full. What is mounted into it from the host is not counted by Proxmox and not told here. A VM's disk is not looked into. Pure.
import type { Alert } from "jarvis";
import type { GuestState } from "../monitors/guest/state.ts";
import { alertOf, gib, isOpen, shareOf } from "./tell.ts";

const KEY = "guest-disk-full";
const [WARN, CRITICAL, KEEP] = [90, 96, 86];
const STANDS_S = 60;

export const diskAlert = (guest: GuestState, open: readonly Alert[]): Alert | undefined => {
  const { diskBytes, diskTotalBytes } = guest;
  const percent = guest.guestKind === "ct" ? shareOf(diskBytes, diskTotalBytes) : undefined;
  if (percent === undefined || diskBytes === undefined || diskTotalBytes === undefined) return undefined;
  const resource = `guest/${guest.vmid}`;
  if (percent < (isOpen(open, KEY, resource) ? KEEP : WARN)) return undefined;
  const severity = percent >= CRITICAL ? "critical" : "warning";
  return alertOf({
    key: KEY,
    resource,
    severity,
    title: `The root disk of ${guest.name} is ${Math.round(percent)} % full`,
    why: `above ${severity === "critical" ? CRITICAL : WARN} % for ${STANDS_S} s, ${gib(diskTotalBytes - diskBytes)} left: what writes in it fails next; clear caches and logs, or enlarge the disk`,
    cause: "storage",
    afterSeconds: STANDS_S,
    evidence: [{ what: `${gib(diskBytes)} of ${gib(diskTotalBytes)} used`, source: "GET /cluster/resources" }],
  });
};
