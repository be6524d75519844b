// A guest's state as the detectors get it, for tests: one that runs well, with whatever is to be different.
import { Alert } from "../../../../core/contract/resource.ts";
import { guestAlerts } from "../../../../plugins/proxmox/alerts/guest.ts";
import { GuestState } from "../../../../plugins/proxmox/monitors/guest/state.ts";

export const vm = (more: Partial<GuestState> = {}): GuestState =>
  GuestState.parse({ vmid: 101, name: "nextcloud", node: "pve", guestKind: "vm", status: "running", template: false, tags: [], cpuPercent: 7, ...more });
export const ct = (more: Partial<GuestState> = {}): GuestState => vm({ vmid: 105, name: "jellyfin", guestKind: "ct", ...more });

/** What is told of these guests, `before` being the same guests unless said. */
export const told = (guests: readonly GuestState[], open: readonly Alert[] = [], before: readonly GuestState[] = guests): Alert[] => {
  const picture = (all: readonly GuestState[]) => ({ guests: Object.fromEntries(all.map((guest) => [String(guest.vmid), guest])) });
  return guestAlerts(picture(guests), { before: picture(before), open }).map((alert) => Alert.parse(alert));
};

/** `key resource severity`, in order. */
export const keys = (alerts: readonly Alert[]): string[] => alerts.map(({ key, resource, severity }) => `${key} ${resource} ${severity}`).sort();
