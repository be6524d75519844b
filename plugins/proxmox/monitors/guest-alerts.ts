// What is wrong with guests now: one that ran and is stopped is a suspicion, not yet a fault. Pure; absent and unknown are never stopped.
import type { Alert } from "jarvis";
import type { GuestState } from "./guest-state.ts";

const MAX_TITLE = 300;

const stopped = (guest: GuestState): Alert => ({
  key: "guest-stopped",
  resource: `guest/${guest.vmid}`,
  severity: "critical",
  title: `${guest.name} stopped running on ${guest.node}`.slice(0, MAX_TITLE),
  suspect: true,
});

type Picture = { guests: Record<string, GuestState> };

/** Did it run when last looked at? Without an earlier picture (the first reading of a run) the guest's own record tells. */
const ranBefore = (guest: GuestState, before: Picture | undefined): boolean => {
  const past = before?.guests[String(guest.vmid)];
  if (past === undefined) return before === undefined && guest.lastRunningAt !== undefined;
  if (past.status === "unknown") return guest.lastRunningAt !== undefined;
  return past.status !== "stopped";
};

export const guestAlerts = (now: Picture, { before, open }: { before: Picture | undefined; open: readonly Alert[] }): Alert[] => {
  const isOpen = new Map(open.filter((alert) => alert.key === "guest-stopped").map((alert) => [alert.resource, alert]));
  return Object.values(now.guests).flatMap((guest) => {
    const kept = isOpen.get(`guest/${guest.vmid}`);
    if (guest.template) return [];
    if (guest.status === "unknown") return kept ? [kept] : [];
    if (guest.status !== "stopped") return [];
    return kept || ranBefore(guest, before) ? [stopped(guest)] : [];
  });
};
