// A guest that ran and is stopped: a suspicion, not yet a fault; the diagnosis tells who or what did it. Absent and unknown are never stopped. Pure.
import type { Alert } from "jarvis";
import type { GuestState } from "../monitors/guest/state.ts";

const KEY = "guest-stopped";
const MAX_TITLE = 300;

const stopped = (guest: GuestState): Alert => ({
  key: KEY,
  resource: `guest/${guest.vmid}`,
  severity: "critical",
  title: `${guest.name} stopped running on ${guest.node}`.slice(0, MAX_TITLE),
  suspect: true,
  // Containers in it and names it resolves fail with it; what else is wrong with the guest itself stays told.
  explains: "below",
});

export type Picture = { guests: Record<string, GuestState> };

/** Did it run when last looked at? Without an earlier picture (the first reading of a run) the guest's own record tells. */
const ranBefore = (guest: GuestState, before: Picture | undefined): boolean => {
  const past = before?.guests[String(guest.vmid)];
  if (past === undefined) return before === undefined && guest.lastRunningAt !== undefined;
  // Seen stopped before its node went out of sight, it did not stop meanwhile.
  if (past.status === "unknown") return past.stoppedAt === undefined && guest.lastRunningAt !== undefined;
  return past.status !== "stopped";
};

export const stoppedAlert = (guest: GuestState, open: readonly Alert[], before: Picture | undefined): Alert | undefined => {
  const kept = open.find((alert) => alert.key === KEY && alert.resource === `guest/${guest.vmid}`);
  if (guest.status === "unknown") return kept;
  if (guest.status !== "stopped") return undefined;
  // Its node has restarted since: whether it was left out is another question (monitors/guest/boot.ts).
  if (guest.missedBoot !== undefined && !kept) return undefined;
  // A planned reboot of its node, or everybody sent down at once: whoever ordered that knows.
  if (guest.swept && !kept) return undefined;
  return kept || ranBefore(guest, before) ? stopped(guest) : undefined;
};
