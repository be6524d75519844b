// Which guest a journal line is about: by its systemd unit, its cgroup or its plain number, always the whole number (101 is not 1010). Pure.
import type { Line } from "../probe/guest.ts";

type Kind = "vm" | "ct";
export interface Unit {
  kind: Kind;
  vmid: number;
}

const SCOPE = /(?<![\w.@-])(\d+)\.scope(?![\w-])/;
const CONTAINER = /(?<![\w.-])(?:pve-container|lxc)@(\d+)\.service\b/;
const VM_CGROUP = /\/qemu\.slice\/(\d+)\.scope(?![\w-])/;
const CT_CGROUP = /\/lxc(?:\.payload\.|\.monitor\.|\/)(\d+)(?![\w-])/;

/** The unit a line of systemd names. */
export const unitIn = (text: string): Unit | undefined => {
  const [, ct] = CONTAINER.exec(text) ?? [];
  if (ct !== undefined) return { kind: "ct", vmid: Number(ct) };
  const [, vm] = SCOPE.exec(text) ?? [];
  return vm === undefined ? undefined : { kind: "vm", vmid: Number(vm) };
};

export const cgroupIn = (path: string): Unit | undefined => {
  const [, ct] = CT_CGROUP.exec(path) ?? [];
  if (ct !== undefined) return { kind: "ct", vmid: Number(ct) };
  const [, vm] = VM_CGROUP.exec(path) ?? [];
  return vm === undefined ? undefined : { kind: "vm", vmid: Number(vm) };
};

export const sameUnit = (a: Unit | undefined, b: Unit): boolean => a !== undefined && a.kind === b.kind && a.vmid === b.vmid;

/** `VM 101`, `CT 102`, `guest 101`: the words of Proxmox's daemons. */
export const names = (text: string, vmid: number): boolean => new RegExp(`\\b(?:VM|CT|guest|container) ${vmid}\\b`, "i").test(text);
const namesAny = /\b(?:VM|CT|guest|container) (\d{3,9})\b/i;
export const namedIn = (text: string): number | undefined => {
  const [, vmid] = namesAny.exec(text) ?? [];
  return vmid === undefined ? undefined : Number(vmid);
};

export const STARTED = /^Started\b/;
/** The unit's end in good order, in the words of today's systemd and of older ones. */
export const ENDED_WELL = /: (?:Deactivated successfully|Succeeded)\.?$/;
const ENDED = /: (?:Deactivated successfully|Succeeded|Failed with result|Consumed)/;

const byKernelOrInit = (line: Line): boolean => /^systemd(\[|$)/.test(line.from);

export const startsUnit = (line: Line): Unit | undefined => (byKernelOrInit(line) && STARTED.test(line.text) ? unitIn(line.text) : undefined);
export const endsUnit = (line: Line): Unit | undefined => (byKernelOrInit(line) && ENDED.test(line.text) ? unitIn(line.text) : undefined);
export const endsWell = (line: Line): Unit | undefined => (byKernelOrInit(line) && ENDED_WELL.test(line.text.trim()) ? unitIn(line.text) : undefined);
export const isSystemd = byKernelOrInit;
