// How large a guest is by its configuration: cores, memory, first disk. The rest of the lab reads these from its seed, which follows.
import type { ConfigValue, Guest } from "../state.ts";

const UNITS: Readonly<Record<string, number>> = { M: 1 / 1024, G: 1, T: 1024 };

/** `32G` in GiB. */
export function gibOf(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)([MGT])?$/.exec(text);
  return parts ? Number(parts[1]) * (UNITS[parts[2] ?? "G"] ?? 1) : undefined;
}

export const diskSizeOf = (value: ConfigValue | undefined): number | undefined => {
  const size = /(?:^|,)size=([^,]+)/.exec(String(value ?? ""))?.[1];
  return size === undefined ? undefined : gibOf(size);
};

export const mainDisk = (guest: Guest): string => (guest.kind === "qemu" ? "scsi0" : "rootfs");

/** Reads the sizes anew after the configuration changed. */
export function resized(guest: Guest): void {
  const { cores, sockets, memory } = guest.config;
  const memoryMiB = Number(/(\d+)/.exec(String(memory ?? ""))?.[1] ?? guest.seed.memoryMiB);
  guest.seed = {
    ...guest.seed,
    cores: Math.max(1, Number(cores ?? 1) * Number(sockets ?? 1)),
    memoryMiB,
    diskGiB: diskSizeOf(guest.config[mainDisk(guest)]) ?? guest.seed.diskGiB,
    name: String(guest.config.name ?? guest.config.hostname ?? guest.seed.name),
    tags: String(guest.config.tags ?? "")
      .split(";")
      .filter(Boolean),
  };
}

/** What waited for the next start comes into force. */
export function applyPending(guest: Guest): void {
  for (const [key, value] of Object.entries(guest.pending)) {
    if (value === null) delete guest.config[key];
    else guest.config[key] = value;
  }
  guest.pending = {};
  resized(guest);
}
