// Builds probes for attribution: a stop at STOP, on one node, with the tasks and journal lines a test names by seconds before or after it.
import { GuestProbe } from "../../../plugins/remediation/probe/guest.ts";

export const STOP = Date.UTC(2026, 5, 1, 12, 0, 0);
export const OPENED = new Date(STOP + 8000).toISOString();

export const line = (seconds: number, from: string, text: string) => ({ at: STOP + seconds * 1000, from, text });
export const systemd = (seconds: number, text: string) => line(seconds, "systemd[1]", text);
export const kernel = (seconds: number, text: string) => line(seconds, "kernel", text);

export const task = (type: string, from: number, more: { to?: number; exit?: string; user?: string; id?: string; node?: string } = {}) => ({
  upid: `UPID:pve:0000AAAA:0000BBBB:${Math.floor((STOP + from * 1000) / 1000)
    .toString(16)
    .toUpperCase()
    .padStart(8, "0")}:${type}:${more.id ?? "101"}:${more.user ?? "olli@pve"}:`,
  node: more.node ?? "pve",
  type,
  id: more.id ?? "101",
  user: more.user ?? "olli@pve",
  startedAt: STOP + from * 1000,
  ...(more.to === undefined ? {} : { endedAt: STOP + more.to * 1000, exit: more.exit ?? "OK" }),
});

interface Life {
  kind?: "vm" | "ct";
  vmid?: number;
  tasks?: ReturnType<typeof task>[] | null;
  lines?: ReturnType<typeof line>[] | null;
  onboot?: boolean | null;
  ha?: boolean;
  /** What HA does with it, and was told to. */
  haState?: { state: string; wanted?: string };
  nodeUptime?: number;
  /** How far the cluster's clock is ahead of ours. */
  skewMs?: number;
}

export const life = ({ kind = "vm", vmid = 101, tasks = [], lines = [], onboot = true, ha = false, haState, nodeUptime, skewMs = 0 }: Life) =>
  GuestProbe.parse({
    about: "proxmox-guest",
    guest: { vmid, kind, node: "pve", name: "nextcloud" },
    clocks: { oursMs: STOP + 9000 - skewMs, clusterMs: STOP + 9000, lastRunningMs: STOP - 4000 },
    status: { word: "stopped", uptimeSeconds: 0, haManaged: ha },
    ...(haState === undefined ? {} : { ha: haState }),
    ...(onboot === null ? {} : { config: { onboot } }),
    ...(tasks === null ? {} : { tasks }),
    ...(lines === null ? {} : { journal: { path: "/nodes/pve/journal", lines } }),
    node: nodeUptime === undefined ? {} : { uptimeSeconds: nodeUptime },
    ourUsers: ["jarvis@pve!operate", "jarvis@pve!observe"],
    unread: { ...(tasks === null ? { tasks: "403" } : {}), ...(lines === null ? { journal: "403" } : {}) },
  });

/** A scope's end as QEMU leaves it whatever happened. */
export const goodEnd = (seconds = 0, vmid = 101) => [systemd(seconds, `${vmid}.scope: Deactivated successfully.`), systemd(seconds, `${vmid}.scope: Consumed 3min 2.1s CPU time.`)];
