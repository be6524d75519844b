// Everything that can be wrong with guests: one list out of the single detectors. A template is never ill, and of a guest whose node is gone only what was open is kept. Pure.
import type { Alert } from "jarvis";
import type { GuestState } from "../monitors/guest/state.ts";
import { agentAlert } from "./guest-agent.ts";
import { diskAlert } from "./guest-disk.ts";
import { lockAlert } from "./guest-lock.ts";
import { memoryAlert } from "./guest-memory.ts";
import { notStartedAlerts } from "./guest-not-started.ts";
import { pausedAlert } from "./guest-paused.ts";
import { snapshotAlert } from "./guest-snapshot.ts";
import { type Picture, stoppedAlert } from "./guest-stopped.ts";
import { stormAlerts } from "./guest-storm.ts";

const DETECTORS = [pausedAlert, agentAlert, diskAlert, memoryAlert, lockAlert, snapshotAlert] as const;

const ofOne = (guest: GuestState, open: readonly Alert[], before: Picture | undefined): Alert[] => {
  const own = open.filter((alert) => alert.resource === `guest/${guest.vmid}`);
  if (guest.status === "unknown") return own;
  return [stoppedAlert(guest, own, before) ?? [], ...DETECTORS.map((detect) => detect(guest, own) ?? [])].flat();
};

export const guestAlerts = (now: Picture, { before, open }: { before: Picture | undefined; open: readonly Alert[] }): Alert[] => {
  const guests = Object.values(now.guests).filter((guest) => !guest.template);
  return [...guests.flatMap((guest) => ofOne(guest, open, before)), ...notStartedAlerts(guests, open), ...stormAlerts(guests, open)];
};
