// Guests and nodes beyond the ones written down: `--guests N` and the larger sizes, all from the seed.
import { randomOf } from "../random.ts";
import { home } from "./home/home.ts";
import type { WorldInput } from "./schema.ts";

const FIRST_ID = 1_000;
const MAX_GENERATED = 20_000;
const TRADES = ["api", "app", "cache", "ci", "docs", "feed", "grid", "hub", "index", "jobs", "mail", "metrics", "node", "proxy", "queue", "search", "store", "sync", "web", "wiki"];
const SIZES = { home: { nodes: 0, guests: 0 }, rack: { nodes: 4, guests: 180 }, fleet: { nodes: 28, guests: 1_980 } } as const;

export type Size = keyof typeof SIZES;
export const isSize = (word: string): word is Size => Object.hasOwn(SIZES, word);

type Guests = WorldInput["guests"];
type Nodes = WorldInput["nodes"];

function moreNodes(count: number): Nodes {
  return Array.from({ length: count }, (_, index) => ({
    name: `node${String(index + 1).padStart(2, "0")}`,
    address: `192.168.1.${130 + index}`,
    cpus: 32,
    memoryGiB: 252,
    rootGiB: 94,
    model: "AMD EPYC 7313P 16-Core Processor",
    uptimeDays: 20 + index,
  }));
}

function moreGuests(seed: number, count: number, nodes: readonly string[], taken: ReadonlySet<number>): Guests {
  const random = randomOf(seed, "generated-guests");
  const guests: Guests = [];
  for (let vmid = FIRST_ID; guests.length < Math.min(count, MAX_GENERATED); vmid++) {
    if (taken.has(vmid)) continue;
    const kind = random.next() < 0.6 ? "lxc" : "qemu";
    guests.push({
      vmid,
      name: `${random.pick(TRADES)}-${vmid}`,
      kind,
      node: random.pick(nodes),
      cores: random.pick([1, 1, 2, 2, 4]),
      memoryMiB: random.pick(kind === "lxc" ? [256, 512, 512, 1024] : [1024, 2048, 2048, 4096]),
      diskGiB: random.pick([4, 8, 16, 32]),
      running: random.next() < 0.9,
      uptimeHours: random.between(1, 900),
      cpu: random.between(0.005, 0.12),
      memory: random.between(0.15, 0.7),
      backupHours: random.between(18, 23),
    });
  }
  return guests;
}

export function worldOf({ size, guests, seed, base = home }: { size: Size; guests: number; seed: number; base?: WorldInput }): WorldInput {
  const more = SIZES[size];
  const nodes = [...base.nodes, ...moreNodes(more.nodes)];
  const roomy = more.nodes > 0 ? nodes.slice(base.nodes.length) : nodes.filter((node) => node.memoryGiB > 8);
  const hosts = (roomy.length > 0 ? roomy : nodes).map((node) => node.name);
  const taken = new Set(base.guests.map((guest) => guest.vmid));
  return { ...base, nodes, guests: [...base.guests, ...moreGuests(seed, guests + more.guests, hosts, taken)] };
}
