// Guests and nodes beyond the ones written down: what a world file asks for under `more`, and `--guests N`, all from the seed.
import { randomOf } from "../random.ts";
import type { WorldInput } from "./schema.ts";

const FIRST_ID = 1_000;
const MAX_GENERATED = 20_000;
const FIRST_HOST = 130;
const TRADES = ["api", "app", "cache", "ci", "docs", "feed", "grid", "hub", "index", "jobs", "mail", "metrics", "node", "proxy", "queue", "search", "store", "sync", "web", "wiki"];

type Guests = WorldInput["guests"];
type Nodes = WorldInput["nodes"];
type More = NonNullable<WorldInput["more"]>;

/** Machines of one make, on the network of the first node that is written down. */
function moreNodes({ nodes = 0, cpus = 32, memoryGiB = 252 }: More, network: string): Nodes {
  return Array.from({ length: nodes }, (_, index) => ({
    name: `node${String(index + 1).padStart(2, "0")}`,
    address: `${network}.${FIRST_HOST + index}`,
    cpus,
    memoryGiB,
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

/** Large enough to take guests nobody placed: not the small box in the corner. */
const ROOMY_GIB = 8;

export function grown(base: WorldInput, guests: number, seed: number): WorldInput {
  const { more = {}, ...written } = base;
  const network = (base.nodes[0]?.address ?? "192.168.1.1").replace(/\.\d+$/, "");
  const added = moreNodes(more, network);
  const roomy = added.length > 0 ? added : base.nodes.filter((node) => node.memoryGiB > ROOMY_GIB);
  const hosts = (roomy.length > 0 ? roomy : base.nodes).map((node) => node.name);
  const taken = new Set(base.guests.map((guest) => guest.vmid));
  return { ...written, nodes: [...base.nodes, ...added], guests: [...base.guests, ...moreGuests(seed, guests + (more.guests ?? 0), hosts, taken)] };
}
