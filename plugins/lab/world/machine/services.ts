// The daemons of a node as /nodes/N/services names them, and what it means that one of them does not run.
import type { World } from "../state.ts";
import type { Machine, Service } from "./shape.ts";

const NAMES = [
  ["chrony", "chrony, an NTP client/server"],
  ["corosync", "Corosync Cluster Engine"],
  ["cron", "Regular background program processing daemon"],
  ["ksmtuned", "Kernel Samepage Merging (KSM) Tuning Daemon"],
  ["lxcfs", "FUSE filesystem for LXC"],
  ["postfix", "Postfix Mail Transport Agent"],
  ["proxmox-firewall", "Proxmox nftables firewall"],
  ["pve-cluster", "The Proxmox VE cluster filesystem"],
  ["pve-firewall", "Proxmox VE firewall"],
  ["pve-ha-crm", "PVE Cluster HA Resource Manager Daemon"],
  ["pve-ha-lrm", "PVE Local HA Resource Manager Daemon"],
  ["pve-lxc-syscalld", "Proxmox VE LXC Syscall Daemon"],
  ["pvedaemon", "PVE API Daemon"],
  ["pvefw-logger", "Proxmox VE firewall logger"],
  ["pveproxy", "PVE API Proxy Server"],
  ["pvescheduler", "Proxmox VE scheduler"],
  ["pvestatd", "PVE Status Daemon"],
  ["qmeventd", "PVE Qemu Event Daemon"],
  ["spiceproxy", "PVE SPICE Proxy Server"],
  ["sshd", "OpenBSD Secure Shell server"],
  ["syslog", "System Logging Service"],
  ["systemd-journald", "Journal Service"],
  ["systemd-timesyncd", "Network Time Synchronization"],
] as const;
const ABSENT = new Set(["syslog", "systemd-timesyncd"]);

export const SERVICE_NAMES: readonly string[] = NAMES.map(([name]) => name);

/** `alone`: the node is in no cluster, so there is no corosync.conf and its unit, though enabled, never starts. */
export const freshServices = (since: number, { alone }: { alone: boolean }): Map<string, Service> =>
  new Map(
    NAMES.map(([name, desc]): [string, Service] => {
      if (ABSENT.has(name)) return [name, { name, desc, state: "dead", active: "inactive", unit: "not-found", since: 0 }];
      if (alone && name === "corosync") return [name, { name, desc, state: "dead", active: "inactive", unit: "enabled", since: 0 }];
      return [name, { name, desc, state: "running", active: "active", unit: "enabled", since }];
    }),
  );

export const runs = (machine: Machine, name: string): boolean => machine.services.get(name)?.state === "running";

/** `failed` leaves a failed unit behind, `dead` a stopped one; the journal has systemd's words. */
export function setService(world: World, node: string, name: string, state: "running" | "dead" | "failed"): void {
  const service = world.nodes.get(node)?.machine.services.get(name);
  if (!service || service.unit === "not-found") return;
  const said = service.state;
  service.state = state;
  service.active = state === "running" ? "active" : state === "dead" ? "inactive" : "failed";
  const add = (text: string): void => world.journals.add(node, `systemd[1]: ${text}`);
  if (state === "running") {
    service.since = world.clock.now();
    if (said !== "running") add(`Started ${name}.service - ${service.desc}.`);
    return;
  }
  if (said !== "running") return;
  if (state === "failed") {
    add(`${name}.service: Main process exited, code=exited, status=1/FAILURE`);
    add(`${name}.service: Failed with result 'exit-code'.`);
    return;
  }
  add(`${name}.service: Deactivated successfully.`);
  add(`Stopped ${name}.service - ${service.desc}.`);
}
