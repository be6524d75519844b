// The guests of the reference home. Ids and names up to 107, 120 and 900 are fixed by the lab's contract; the others are its own.
import type { WorldInput } from "../schema.ts";

const GiB = 1024;

type Row = WorldInput["guests"][number];
type Rest = Omit<Row, "vmid" | "name" | "node" | "kind" | "address">;

const at = (last: number): Pick<Row, "address"> => ({ address: `192.168.1.${last}` });
const vm = (vmid: number, name: string, node: string, rest: Rest, address: Pick<Row, "address"> = {}): Row => ({
  vmid,
  name,
  kind: "qemu",
  node,
  ostype: "l26",
  ...address,
  ...rest,
});
const ct = (vmid: number, name: string, node: string, rest: Rest, address: Pick<Row, "address"> = {}): Row => ({
  vmid,
  name,
  kind: "lxc",
  node,
  ostype: "debian",
  ...address,
  ...rest,
});

const mgmt: Rest = {
  cores: 4,
  memoryMiB: 8 * GiB,
  diskGiB: 64,
  tags: ["docker", "core"],
  uptimeHours: 402.4,
  cpu: 0.11,
  memory: 0.68,
  backedUp: true,
  description: "Docker host; Jarvis runs here",
};
const nextcloud: Rest = { cores: 4, memoryMiB: 8 * GiB, diskGiB: 120, tags: ["web", "files"], uptimeHours: 311.2, cpu: 0.07, memory: 0.46, backedUp: true };
const homeassistant: Rest = { cores: 2, memoryMiB: 4 * GiB, diskGiB: 48, tags: ["smart-home"], ha: true, uptimeHours: 166.1, cpu: 0.06, memory: 0.52, backedUp: true };
const immich: Rest = { cores: 4, memoryMiB: 8 * GiB, diskGiB: 96, tags: ["media", "photos"], uptimeHours: 261.9, cpu: 0.12, memory: 0.57, backedUp: true };
const winLab: Rest = {
  cores: 4,
  memoryMiB: 8 * GiB,
  diskGiB: 80,
  tags: ["windows"],
  ostype: "win11",
  running: false,
  onboot: false,
  ignoresAcpi: true,
  stopped: { by: "root@pam", hoursAgo: 51.4 },
};
const calibre: Rest = { cores: 1, memoryMiB: GiB, diskGiB: 12, tags: ["media"], running: false, onboot: false, backupHours: 333, stopped: { by: "olli@pve", hoursAgo: 307.2 } };
const web: Rest = { memoryMiB: 512, tags: ["web"], uptimeHours: 233.4, cpu: 0.02, memory: 0.22, backedUp: true };

export const guests: WorldInput["guests"] = [
  vm(100, "mgmt", "agent1", mgmt, at(65)),
  vm(101, "nextcloud", "pve", nextcloud, at(81)),
  ct(102, "postgres", "pve", { cores: 2, memoryMiB: 4 * GiB, diskGiB: 32, tags: ["database"], uptimeHours: 644.8, cpu: 0.04, memory: 0.38, backedUp: true }, at(82)),
  ct(103, "adguard", "agent", { memoryMiB: 512, diskGiB: 4, tags: ["dns", "core"], uptimeHours: 2_701.5, cpu: 0.03, memory: 0.31, backedUp: true }, at(53)),
  vm(104, "homeassistant", "Home", homeassistant, at(84)),
  ct(105, "jellyfin", "Home", { cores: 6, memoryMiB: 4 * GiB, diskGiB: 24, tags: ["media"], uptimeHours: 488.3, cpu: 0.09, memory: 0.44, backedUp: true }, at(85)),
  vm(106, "immich", "agent1", immich, at(86)),
  vm(107, "win-lab", "pve", winLab),
  ct(108, "vaultwarden", "Home", { memoryMiB: 512, diskGiB: 6, tags: ["secrets"], uptimeHours: 912.7, cpu: 0.01, memory: 0.29, backedUp: true }, at(88)),
  ct(109, "gitea", "pve", { cores: 2, memoryMiB: GiB, diskGiB: 20, tags: ["code"], uptimeHours: 590.1, cpu: 0.02, memory: 0.35, backedUp: true }, at(89)),
  vm(110, "paperless", "pve", { cores: 2, memoryMiB: 4 * GiB, diskGiB: 40, tags: ["files"], uptimeHours: 144.6, cpu: 0.03, memory: 0.49, backedUp: true }, at(90)),
  ct(111, "mosquitto", "Home", { memoryMiB: 256, diskGiB: 2, tags: ["smart-home"], ostype: "alpine", uptimeHours: 903.3, cpu: 0.01, memory: 0.14, backedUp: true }, at(91)),
  ct(112, "zigbee2mqtt", "Home", { memoryMiB: 512, diskGiB: 4, tags: ["smart-home"], uptimeHours: 331, cpu: 0.03, memory: 0.41, backedUp: true }, at(92)),
  ct(113, "unifi", "agent1", { cores: 2, memoryMiB: 2 * GiB, diskGiB: 16, tags: ["network"], uptimeHours: 402.2, cpu: 0.04, memory: 0.63, backedUp: true }, at(93)),
  ct(114, "web1", "pve", web, at(94)),
  ct(115, "web2", "pve", web, at(95)),
  ct(116, "wireguard", "agent", { memoryMiB: 256, diskGiB: 2, tags: ["network"], ostype: "alpine", uptimeHours: 2_701.2, cpu: 0.01, memory: 0.12, backedUp: true }, at(96)),
  ct(117, "filebrowser", "pve", { memoryMiB: 512, storage: "tank", tags: ["files"], uptimeHours: 719.9, cpu: 0.01, memory: 0.26, backedUp: true }, at(97)),
  ct(118, "mail-agent", "agent1", { memoryMiB: 512, diskGiB: 6, tags: ["mail"], uptimeHours: 402, cpu: 0.02, memory: 0.33, backedUp: true }, at(98)),
  ct(119, "calibre", "Home", calibre),
  vm(120, "pbs", "agent1", { cores: 2, memoryMiB: 4 * GiB, diskGiB: 32, tags: ["backup", "core"], uptimeHours: 401.8, cpu: 0.04, memory: 0.41 }, at(99)),
  vm(900, "debian-12-template", "pve", { cores: 2, memoryMiB: 2 * GiB, diskGiB: 8, tags: ["template"], running: false, onboot: false, template: true }),
];
