// What a guest's configuration says about its disks and devices. Pure.
import type { GuestConfig } from "../shapes/guest.ts";

export interface Disk {
  /** `scsi0`, `rootfs`, `mp1`. */
  readonly key: string;
  /** `local-lvm:vm-101-disk-0` */
  readonly volume: string;
  readonly storage: string;
  /** Undefined when the configuration does not say. */
  readonly bytes: number | undefined;
}

const DISK = /^(?:(?:scsi|virtio|sata|ide)\d+|efidisk0|tpmstate0|rootfs|mp\d+)$/;
const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };
export const GIB = 1024 ** 3;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** `32G`, `528K`; a bare number is bytes. */
export const bytesOf = (size: string): number | undefined => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(size) ?? [];
  const factor = UNITS[unit ?? ""];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
};

const isDrive = (text: string): boolean => !/(?:^|,)media=cdrom\b/.test(text) && !text.startsWith("none") && !text.startsWith("/");

export const disksOf = (config: GuestConfig): Disk[] =>
  Object.entries(config).flatMap(([key, value]) => {
    const text = textOf(value);
    const volume = text.split(",")[0] ?? "";
    const [storage, name] = volume.split(":");
    if (!DISK.test(key) || !isDrive(text) || storage === undefined || storage === "" || name === undefined) return [];
    const size = /(?:^|,)size=([^,]+)/.exec(text)?.[1];
    return [{ key, volume, storage, bytes: size === undefined ? undefined : bytesOf(size) }];
  });

/** Mount points of a container that are folders or devices of their node, and not marked as shared. */
export const boundHere = (config: GuestConfig): string[] =>
  Object.entries(config).flatMap(([key, value]) => (/^mp\d+$/.test(key) && textOf(value).startsWith("/") && !/(?:^|,)shared=1\b/.test(textOf(value)) ? [key] : []));

/** Devices of the node handed to the guest: PCI and USB without a cluster-wide mapping, and a container's `dev`. */
export const devicesHere = (config: GuestConfig): string[] =>
  Object.entries(config).flatMap(([key, value]) => (/^(?:hostpci|usb|dev)\d+$/.test(key) && !/mapping=|(?:^|=)spice\b/.test(textOf(value)) ? [key] : []));

/** Images in a drive that are on a storage; a cloud-init drive is none, Proxmox takes it along. */
export const cdromsOf = (config: GuestConfig): { key: string; storage: string }[] =>
  Object.entries(config).flatMap(([key, value]) => {
    const text = textOf(value);
    const storage = /^([^:,/]+):/.exec(text)?.[1];
    return /^(?:scsi|sata|ide)\d+$/.test(key) && /(?:^|,)media=cdrom\b/.test(text) && !/-cloudinit\b/.test(text) && storage !== undefined ? [{ key, storage }] : [];
  });

export const inGib = (bytes: number): string => `${Math.round((bytes / GIB) * 10) / 10} GiB`;
