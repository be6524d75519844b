// The lines a node's journal gets when a guest comes up or goes down, in the words of systemd, the kernel and qmeventd. A crash's own lines come from faults/.
import type { Guest, World } from "./state.ts";

export const unitOf = (guest: Guest): string => (guest.kind === "qemu" ? `${guest.vmid}.scope` : `pve-container@${guest.vmid}.service`);

const bridgePort = (guest: Guest): string => (guest.kind === "qemu" ? `tap${guest.vmid}i0` : `veth${guest.vmid}i0`);
const portNumber = (guest: Guest): number => (guest.vmid % 30) + 2;

export function noteUp(world: World, guest: Guest): void {
  const add = (text: string): void => world.journals.add(guest.node, text);
  const port = bridgePort(guest);
  if (guest.kind === "qemu") add(`systemd[1]: Started ${guest.vmid}.scope.`);
  else add(`systemd[1]: Started pve-container@${guest.vmid}.service - PVE LXC Container: ${guest.vmid}.`);
  add(`kernel: ${port}: entered promiscuous mode`);
  add(`kernel: vmbr0: port ${portNumber(guest)}(${port}) entered blocking state`);
  add(`kernel: vmbr0: port ${portNumber(guest)}(${port}) entered forwarding state`);
}

function spent(guest: Guest, now: number): string {
  const cpuSeconds = ((now - guest.startedAt) / 1000) * guest.seed.cores * guest.seed.cpu;
  const hours = Math.floor(cpuSeconds / 3600);
  const minutes = Math.floor((cpuSeconds % 3600) / 60);
  const rest = (cpuSeconds % 60).toFixed(3);
  return `${hours > 0 ? `${hours}h ` : ""}${hours + minutes > 0 ? `${minutes}min ` : ""}${rest}s CPU time`;
}

/** The end of a guest's unit. `clean` lets systemd call the end a success, as it does for every QEMU scope but an OOM-killed one. */
export function noteDown(world: World, guest: Guest, clean: boolean): void {
  const add = (text: string): void => world.journals.add(guest.node, text);
  const port = bridgePort(guest);
  const qmeventd = world.nodes.get(guest.node)?.pids.qmeventd ?? 800;
  add(`kernel: ${port}: left promiscuous mode`);
  add(`kernel: vmbr0: port ${portNumber(guest)}(${port}) entered disabled state`);
  if (clean) add(`systemd[1]: ${unitOf(guest)}: Deactivated successfully.`);
  add(`systemd[1]: ${unitOf(guest)}: Consumed ${spent(guest, world.clock.now())}.`);
  if (guest.kind !== "qemu") return;
  add(`qmeventd[${qmeventd}]: Starting cleanup for ${guest.vmid}`);
  add(`qmeventd[${qmeventd}]: Finished cleanup for ${guest.vmid}`);
}
