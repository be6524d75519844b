// One guest that keeps its node's disks so busy that everything else there waits. A backup, a migration or a scrub is none: what works on a guest is known, and a scrub is nobody's. Of a node only the worst is named. Pure.
import type { Alert } from "jarvis";
import type { GuestState } from "../monitors/guest/state.ts";
import { alertOf, isOpen } from "./tell.ts";

const KEY = "guest-io-storm";
const MIB = 1024 ** 2;
const [RAISE_MIB, KEEP_MIB] = [120, 80];
const [RAISE_WAIT, KEEP_WAIT] = [20, 10];
const STANDS_S = 60;

const rateOf = ({ storm }: GuestState): number => (storm === undefined ? 0 : storm.readBytesPerSecond + storm.writtenBytesPerSecond);

const storms = (guest: GuestState, open: readonly Alert[]): boolean => {
  if (guest.storm === undefined) return false;
  const kept = isOpen(open, KEY, `guest/${guest.vmid}`);
  // While the tasks are not known nothing new is told, and what was told stays.
  if (guest.work !== undefined && !(kept && guest.work === "unknown")) return false;
  return rateOf(guest) >= (kept ? KEEP_MIB : RAISE_MIB) * MIB && guest.storm.waitPercent >= (kept ? KEEP_WAIT : RAISE_WAIT);
};

const stormOf = (guest: GuestState, { readBytesPerSecond, writtenBytesPerSecond, waitPercent }: NonNullable<GuestState["storm"]>): Alert =>
  alertOf({
    key: KEY,
    resource: `guest/${guest.vmid}`,
    severity: "warning",
    title: `${guest.name} keeps the disks of ${guest.node} busy`,
    why: `${Math.round((readBytesPerSecond + writtenBytesPerSecond) / MIB)} MiB/s for a minute while ${guest.node} waits ${waitPercent} % of the time for its disks, and no backup or move runs: everything else there is slow; limit it or find what it does`,
    cause: "load",
    afterSeconds: STANDS_S,
    evidence: [
      { what: `reads ${Math.round(readBytesPerSecond / MIB)} MiB/s, writes ${Math.round(writtenBytesPerSecond / MIB)} MiB/s`, source: "GET /cluster/resources, over a minute" },
      { what: `io wait ${waitPercent} %`, source: `GET /nodes/${guest.node}/status` },
    ],
  });

export const stormAlerts = (guests: readonly GuestState[], open: readonly Alert[]): Alert[] => {
  const worst = new Map<string, GuestState>();
  for (const guest of guests.filter((one) => storms(one, open))) {
    const known = worst.get(guest.node);
    if (known === undefined || rateOf(guest) > rateOf(known)) worst.set(guest.node, guest);
  }
  return [...worst.values()].flatMap((guest) => (guest.storm === undefined ? [] : [stormOf(guest, guest.storm)]));
};
