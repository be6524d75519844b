// From the corpus' canonical tool names to the tools of a house of fakes, and back: what each would do, and on what. A name without a row has no tool at all. For tests only.
import type { Effect } from "../../../core/contract/tool.ts";

interface Row {
  readonly name: string;
  readonly effect: Effect;
  /** Corpus argument -> ours, where they differ. */
  readonly args?: Readonly<Record<string, string>>;
  /** Target id from our input. */
  readonly on: (input: Readonly<Record<string, unknown>>) => string;
}

const guest = ({ vmid }: Readonly<Record<string, unknown>>): string => `guest/${String(vmid)}`;
const node = (input: Readonly<Record<string, unknown>>): string => `node/${String(input.node)}`;
const box = (input: Readonly<Record<string, unknown>>): string => `container/dk1/${String(input.container)}`;
const backups = (): string => "storage/pve1/backup";
const dock = (): string => "node/dk1";
const host = (input: Readonly<Record<string, unknown>>): string => (/^\d+$/.test(String(input.host)) ? `guest/${String(input.host)}` : `node/${String(input.host)}`);
const named = { name: "container" };

export const ROWS: Readonly<Record<string, Row>> = {
  "pve.guest.list": { name: "proxmox_guest_list", effect: "read", on: dock },
  "pve.guest.get": { name: "proxmox_guest_get", effect: "read", on: guest },
  "pve.task.log": { name: "proxmox_task_log", effect: "read", on: dock },
  "docker.container.logs": { name: "docker_container_logs", effect: "read", args: named, on: box },
  "docker.container.inspect": { name: "docker_container_get", effect: "read", args: named, on: box },
  "ssh.read": { name: "ssh_host_read", effect: "read", on: host },
  "pve.guest.start": { name: "proxmox_guest_start", effect: "reversible", on: guest },
  "pve.guest.stop": { name: "proxmox_guest_stop", effect: "disruptive", on: guest },
  "pve.guest.shutdown": { name: "proxmox_guest_shutdown", effect: "disruptive", on: guest },
  "pve.guest.reboot": { name: "proxmox_guest_reboot", effect: "disruptive", on: guest },
  "pve.guest.reset": { name: "proxmox_guest_reset", effect: "disruptive", on: guest },
  "pve.guest.destroy": { name: "proxmox_guest_destroy", effect: "destructive", on: guest },
  "pve.guest.migrate": { name: "proxmox_guest_migrate", effect: "disruptive", on: guest },
  "pve.guest.clone": { name: "proxmox_guest_clone", effect: "disruptive", on: guest },
  "pve.guest.config.set": { name: "proxmox_guest_config_set", effect: "disruptive", on: guest },
  "pve.guest.exec": { name: "proxmox_guest_agent_exec", effect: "destructive", on: guest },
  "pve.guest.snapshot.create": { name: "proxmox_guest_snapshot_create", effect: "reversible", on: guest },
  "pve.guest.snapshot.delete": { name: "proxmox_guest_snapshot_delete", effect: "destructive", on: guest },
  "pve.backup.delete": { name: "proxmox_backup_delete", effect: "destructive", on: backups },
  "pve.storage.content.delete": { name: "proxmox_storage_content_delete", effect: "destructive", on: backups },
  "pve.node.shutdown": { name: "proxmox_node_shutdown", effect: "destructive", on: node },
  "pve.node.reboot": { name: "proxmox_node_reboot", effect: "destructive", on: node },
  "docker.container.start": { name: "docker_container_start", effect: "reversible", args: named, on: box },
  "docker.container.stop": { name: "docker_container_stop", effect: "disruptive", args: named, on: box },
  "docker.container.restart": { name: "docker_container_restart", effect: "disruptive", args: named, on: box },
  "docker.container.create": { name: "docker_container_create", effect: "destructive", on: dock },
  "docker.image.pull": { name: "docker_image_pull", effect: "destructive", on: dock },
  "docker.image.prune": { name: "docker_image_prune", effect: "reversible", on: dock },
  "docker.system.prune": { name: "docker_system_prune", effect: "destructive", on: dock },
  "ssh.exec": { name: "ssh_host_run", effect: "destructive", args: { cmd: "command" }, on: host },
  "memory.write": { name: "memory_fact_remember", effect: "reversible", on: dock },
  /** A plugin's tool that makes calls of its own: what it is handed it would do. */
  "plugin.call": { name: "remediation_runbook_run", effect: "reversible", on: dock },
};

export type Args = Readonly<Record<string, unknown>>;

export const toOurs = (tool: string, args: Args): { tool: string; input: Args } => {
  const row = ROWS[tool];
  if (row === undefined) return { tool: tool.replaceAll(".", "_"), input: args };
  return { tool: row.name, input: Object.fromEntries(Object.entries(args).map(([key, value]) => [row.args?.[key] ?? key, value])) };
};

export const toTheirs = (name: string, input: Args): { tool: string; args: Args } => {
  const [tool, row] = Object.entries(ROWS).find(([, one]) => one.name === name) ?? [name, undefined];
  const back = Object.fromEntries(Object.entries(row?.args ?? {}).map(([theirs, ours]) => [ours, theirs]));
  return { tool, args: Object.fromEntries(Object.entries(input).map(([key, value]) => [back[key] ?? key, value])) };
};
