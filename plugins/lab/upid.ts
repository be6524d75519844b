// A task's name as Proxmox VE writes it (pve-common, Tools.pm): `UPID:node:pid:pstart:starttime:type:id:user:`. It refuses anything the server's own pattern refuses.

const PATTERN = /^UPID:([a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/;

export interface Upid {
  node: string;
  pid: number;
  /** Jiffies since the node's boot. */
  pstart: number;
  /** Seconds since 1970. */
  starttime: number;
  type: string;
  id: string;
  user: string;
}

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, "0");

export const formatUpid = (upid: Upid): string => `UPID:${upid.node}:${hex(upid.pid)}:${hex(upid.pstart)}:${hex(upid.starttime)}:${upid.type}:${upid.id}:${upid.user}:`;

export function parseUpid(text: string): Upid | undefined {
  const parts = PATTERN.exec(text);
  if (!parts) return undefined;
  const [, node = "", pid = "", pstart = "", starttime = "", type = "", id = "", user = ""] = parts;
  return { node, pid: parseInt(pid, 16), pstart: parseInt(pstart, 16), starttime: parseInt(starttime, 16), type, id, user };
}
