// A snapshot nobody needs: a backup's own that was left behind, or one forgotten. A restore point of the last weeks is wanted, and one with a note longer so. Pure.
import type { Alert } from "jarvis";
import type { GuestState } from "../monitors/guest/state.ts";
import { alertOf, isOpen } from "./tell.ts";

const [OLD_DAYS, NOTED_OLD_DAYS] = [30, 90];

const LEFTOVER = "snapshot-leftover";

export const snapshotAlert = (guest: GuestState, open: readonly Alert[]): Alert | undefined => {
  const { snapshots } = guest;
  const resource = `guest/${guest.vmid}`;
  const source = `GET /nodes/${guest.node}/${guest.guestKind === "vm" ? "qemu" : "lxc"}/${guest.vmid}/snapshot`;
  // While the tasks are not known a backup may be at work on it: nothing new is told, and what was told stays.
  if (snapshots?.leftoverAt !== undefined && (guest.work !== "unknown" || isOpen(open, LEFTOVER, resource)))
    return alertOf({
      key: LEFTOVER,
      resource,
      severity: "warning",
      title: `A backup left its snapshot behind on ${guest.name}`,
      why: "the snapshot `vzdump` is more than an hour old and no backup runs: it grows, and the next backup of the guest fails on it; delete it",
      cause: "leftover",
      evidence: [{ what: "snapshot vzdump", source, at: snapshots.leftoverAt }],
    });
  const oldest = snapshots?.oldest;
  if (snapshots === undefined || oldest === undefined || oldest.ageDays < (oldest.described ? NOTED_OLD_DAYS : OLD_DAYS)) return undefined;
  return alertOf({
    key: "snapshot-old",
    resource,
    severity: "info",
    title: `The snapshot ${oldest.name} of ${guest.name} is ${oldest.ageDays} days old`,
    why: `older than ${oldest.described ? NOTED_OLD_DAYS : OLD_DAYS} days${oldest.described ? "" : " and without a note"}: it keeps everything overwritten since, so the guest takes ever more room; delete it if nobody needs it`,
    cause: "leftover",
    evidence: [{ what: `snapshot ${oldest.name}, one of ${snapshots.count}`, source, at: oldest.at }],
  });
};
