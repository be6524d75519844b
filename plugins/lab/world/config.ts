// A guest's configuration as the API shows it: hardware address, SMBIOS uuid, disks, start options. Seeded, so that a guest keeps its identity over restarts of the lab.
import { createHash } from "node:crypto";
import { randomOf } from "../random.ts";
import type { GuestSeed } from "./schema.ts";
import type { ConfigValue, Guest } from "./state.ts";
import { diskVolume } from "./storage.ts";

const BOOT_ORDER: Readonly<Record<number, number>> = { 103: 1, 104: 3, 100: 2, 120: 4, 102: 5 };

function uuidOf(hex: (digits: number) => string): string {
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}

const macOf = (hex: (digits: number) => string): string => ["BC", "24", "11", hex(2), hex(2), hex(2)].join(":").toUpperCase();

export function configOf(worldSeed: number, seed: GuestSeed, createdAtSeconds: number): Record<string, ConfigValue> {
  const { hex } = randomOf(worldSeed, `identity/${seed.vmid}`);
  const mac = macOf(hex);
  const uuid = uuidOf(hex);
  const order = BOOT_ORDER[seed.vmid];
  const shared: Record<string, ConfigValue> = {
    ostype: seed.ostype ?? (seed.kind === "qemu" ? "l26" : "debian"),
    cores: seed.cores,
    ...(seed.onboot ? { onboot: 1 } : {}),
    ...(order ? { startup: `order=${order}` } : {}),
    ...(seed.tags.length > 0 ? { tags: seed.tags.join(";") } : {}),
    ...(seed.template ? { template: 1 } : {}),
    ...(seed.description ? { description: `${seed.description}\n` } : {}),
  };
  if (seed.kind === "lxc") {
    const ip = seed.address ? `ip=${seed.address}/24,gw=192.168.1.1` : "ip=dhcp";
    return {
      ...shared,
      arch: "amd64",
      hostname: seed.name,
      memory: seed.memoryMiB,
      swap: 512,
      unprivileged: 1,
      features: "nesting=1",
      net0: `name=eth0,bridge=vmbr0,firewall=1,hwaddr=${mac},${ip},type=veth`,
      rootfs: `${diskVolume({ seed, vmid: seed.vmid, kind: seed.kind, template: seed.template })},size=${seed.diskGiB}G`,
    };
  }
  return {
    ...shared,
    name: seed.name,
    memory: String(seed.memoryMiB),
    sockets: 1,
    cpu: "host",
    numa: 0,
    boot: "order=scsi0",
    scsihw: "virtio-scsi-single",
    net0: `virtio=${mac},bridge=vmbr0,firewall=1`,
    scsi0: `${diskVolume({ seed, vmid: seed.vmid, kind: seed.kind, template: seed.template })},discard=on,iothread=1,size=${seed.diskGiB}G,ssd=1`,
    smbios1: `uuid=${uuid}`,
    vmgenid: uuidOf(hex),
    meta: `creation-qemu=9.2.0,ctime=${createdAtSeconds}`,
    ...(seed.agent ? { agent: "1" } : {}),
  };
}

/** sha1 over the file's text, as Proxmox computes `digest`. */
export function digestOf(config: Record<string, ConfigValue>): string {
  const text = Object.keys(config)
    .sort()
    .map((key) => `${key}: ${config[key]}\n`)
    .join("");
  return createHash("sha1").update(text).digest("hex");
}

export const macsOf = (guest: Guest): string[] => [...String(guest.config.net0 ?? "").matchAll(/([0-9A-F]{2}(?::[0-9A-F]{2}){5})/gi)].map((match) => String(match[1]));
export const uuidOfGuest = (guest: Guest): string | undefined => /uuid=([0-9a-f-]{36})/i.exec(String(guest.config.smbios1 ?? ""))?.[1];
