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
      backedUp: true,
    });
  }
  return guests;
}

/** Large enough to take guests nobody placed: not the small box in the corner. */
const ROOMY_GIB = 8;
/** What a host may carry of what it has. Who is given more guests than that is a larger machine. */
const MOST_LOADED = 0.7;
const MOST_CPUS = 512;

/** The same machine, with the memory and processors its guests take, as the larger ones it stands for would have. */
function roomFor(node: Nodes[number], guests: Guests): Nodes[number] {
  const running = guests.filter((guest) => guest.running !== false);
  const memoryGiB = running.reduce((sum, { memoryMiB = 512, memory = 0.5 }) => sum + (memoryMiB / 1024) * memory, node.baseMemoryGiB ?? 1.6) / MOST_LOADED;
  const cpus = running.reduce((sum, { cores = 1, cpu = 0.03 }) => sum + cores * cpu, 0) / MOST_LOADED;
  return { ...node, memoryGiB: Math.max(node.memoryGiB, Math.ceil(memoryGiB)), cpus: Math.min(MOST_CPUS, Math.max(node.cpus, Math.ceil(cpus))) };
}

export function grown(base: WorldInput, guests: number, seed: number): WorldInput {
  const { more = {}, ...written } = base;
  const network = (base.nodes[0]?.address ?? "192.168.1.1").replace(/\.\d+$/, "");
  const added = moreNodes(more, network);
  const roomy = added.length > 0 ? added : base.nodes.filter((node) => node.memoryGiB > ROOMY_GIB);
  const hosts = (roomy.length > 0 ? roomy : base.nodes).map((node) => node.name);
  const taken = new Set(base.guests.map((guest) => guest.vmid));
  const generated = moreGuests(seed, guests + (more.guests ?? 0), hosts, taken);
  const all = [...base.guests, ...generated];
  const loaded = new Set(generated.map(({ node }) => node));
  const byNode = Map.groupBy(all, ({ node }) => node);
  const nodes = [...base.nodes, ...added].map((node) => (loaded.has(node.name) ? roomFor(node, byNode.get(node.name) ?? []) : node));
  return { ...written, nodes, guests: all };
}
