// A made-up house for the page: what each core channel would say. Only data; whoever wants another house changes its copy.
import type { Ask, Call } from "../../core/contract/call.ts";
import type { Drawn, DrawnResource } from "../../core/contract/drawn.ts";
import type { FeedEntry, IncidentDetail } from "../../core/contract/incident.ts";
import type { LiveResource } from "../../core/contract/resource.ts";
import type { ListedRule } from "../../core/contract/rule.ts";
import type { ConsoleInfo, CoreStatus, PluginInfo, ToolInfo } from "../../core/contract/wire.ts";
import type { WireWidget } from "../../core/contract/wire-widget.ts";

const GIB = 1024 ** 3;
const MINUTE_MS = 60_000;

/** name, cpus, memory GiB, cpu %, memory % */
const NODES = [
  ["Home", 20, 24, 39, 72],
  ["pve", 6, 31, 36, 62],
  ["agent1", 14, 31, 17, 43],
  ["agent", 2, 4, 22, 54],
] as const;
/** vmid, name, node, cpu %, kind */
const GUESTS = [
  [100, "mgmt", "Home", 31, "vm"],
  [101, "ollama", "Home", 78, "vm"],
  [104, "homeassistant", "Home", 14, "vm"],
  [105, "postgres", "Home", 23, "ct"],
  [106, "immich", "Home", 46, "vm"],
  [107, "win-lab", "Home", undefined, "vm"],
  [108, "gitea", "Home", 8, "ct"],
  [109, "frigate", "Home", 63, "vm"],
  [110, "loki", "pve", 20, "ct"],
  [111, "traefik", "pve", 6, "ct"],
  [112, "nextcloud", "pve", 38, "ct"],
  [113, "paperless", "pve", 14, "ct"],
  [114, "uptime", "pve", 6, "ct"],
  [115, "vaultwarden", "pve", 1, "ct"],
  [120, "jellyfin", "agent1", 27, "vm"],
  [121, "prometheus", "agent1", 25, "ct"],
  [122, "grafana", "agent1", 7, "ct"],
  [123, "wireguard", "agent1", 8, "ct"],
  [124, "pihole-2", "agent1", 5, "ct"],
  [125, "k3s-lab", "agent1", undefined, "vm"],
  [130, "adguard", "agent", 1, "ct"],
  [131, "pbs", "agent", 14, "vm"],
] as const;
const STORAGES = [
  ["local-zfs", 68, 2000],
  ["tank", 57, 12_000],
  ["nas-media", 81, 16_000],
  ["pbs-store", 46, 4000],
] as const;
const CONTAINERS = "authelia caddy dozzle homepage karakeep mealie memos miniflux mosquitto n8n ntfy redis scrutiny syncthing watchtower zigbee2mqtt".split(" ");

export interface UiHouse {
  drawn: Drawn;
  status: CoreStatus;
  incidents: IncidentDetail[];
  asks: Ask[];
  feed: FeedEntry[];
  calls: Call[];
  tools: ToolInfo[];
  rules?: ListedRule[];
  /** The data that tools answer, by name. */
  answers?: Record<string, unknown>;
  widgets: WireWidget[];
  consoles?: ConsoleInfo[];
  plugins: PluginInfo[];
  /** What `state.get` answers. */
  told?: LiveResource[];
  /** Values of the widgets' channels. */
  values: Record<string, unknown>;
}

const resourcesAt = (now: number): Record<string, DrawnResource> => {
  const startedAt = new Date(now - 63 * 24 * 60 * MINUTE_MS).toISOString();
  const nodes = NODES.map(([name, cpus, memory, cpu, used]): [string, DrawnResource] => [
    `node/${name.toLowerCase()}`,
    { kind: "node", name, status: "up", cpu, memory: used, cpus, memoryTotalBytes: memory * GIB, startedAt },
  ]);
  const guests = GUESTS.map(([vmid, name, node, cpu, guestKind]): [string, DrawnResource] => [
    `guest/${vmid}`,
    {
      kind: "guest",
      name,
      parent: `node/${node.toLowerCase()}`,
      vmid,
      guestKind,
      cpus: 4,
      memoryTotalBytes: 4 * GIB,
      ...(cpu === undefined ? { status: "down" as const } : { status: "up" as const, cpu, memory: 40 + (vmid % 40), startedAt }),
      ...(vmid === 100 ? { protected: true, self: true } : {}),
    },
  ]);
  const storages = STORAGES.map(([name, disk, size]): [string, DrawnResource] => [
    `storage/home/${name}`,
    { kind: "storage", name, parent: "node/home", status: "up", disk, diskTotalBytes: size * GIB },
  ]);
  const containers = CONTAINERS.map((name, index): [string, DrawnResource] => [
    `container/mgmt/${name}`,
    { kind: "container", name, parent: "guest/100", status: "up", cpu: (index * 7) % 23, startedAt, labels: { image: `ghcr.io/example/${name}:latest`, health: "healthy" } },
  ]);
  return Object.fromEntries([...nodes, ...guests, ...storages, ...containers]);
};

const schema = (properties: Record<string, unknown>, required: string[] = []): unknown => ({ type: "object", properties, required });
const guestTool = (word: string, title: string, effect: ToolInfo["effect"]): ToolInfo => ({
  name: `hypervisor_guest_${word}`,
  title,
  about: `${title}.`,
  effect,
  inputSchema: schema({ vmid: { type: "integer" }, guest: { type: "string" } }),
});
const containerTool = (word: string, title: string, effect: ToolInfo["effect"]): ToolInfo => ({
  name: `engine_container_${word}`,
  title,
  about: `${title}.`,
  effect,
  inputSchema: schema({ container: { type: "string" }, host: { type: "string" } }, ["container"]),
});

const TOOLS: ToolInfo[] = [
  { name: "hypervisor_guest_list", title: "List the guests", about: "All guests.", effect: "read", inputSchema: schema({}) },
  guestTool("start", "Start a guest", "reversible"),
  guestTool("shutdown", "Shut a guest down", "disruptive"),
  guestTool("stop", "Stop a guest hard", "disruptive"),
  guestTool("reboot", "Reboot a guest", "disruptive"),
  containerTool("start", "Start a container", "reversible"),
  containerTool("restart", "Restart a container", "disruptive"),
  { name: "fault_break", title: "Break something", about: "Breaks one thing.", effect: "reversible", inputSchema: schema({ name: { type: "string" } }, ["name"]) },
  { name: "fault_heal", title: "Heal", about: "Puts it right.", effect: "reversible", inputSchema: schema({ name: { type: "string" } }) },
];

const FAULTS = [
  ["guest-crash", "A guest's process dies: QEMU exits, nobody asked for it."],
  ["guest-oom", "The host's OOM killer takes a guest."],
  ["guest-user-stop", "A person stops a guest in the hypervisor's own interface."],
  ["backup-running", "A backup in stop mode shuts a guest down and starts it again."],
  ["container-crash", "A container exits with an error and stays down."],
  ["token-revoked", "The API refuses the token from now on."],
] as const;

const WIDGETS: WireWidget[] = [
  {
    id: "toys/break",
    plugin: "toys",
    channel: "toys/faults",
    widget: {
      kind: "list",
      title: "Break something",
      from: "faults",
      rows: "faults",
      name: "name",
      words: "what",
      status: "status",
      actions: [
        { title: "Break", tool: "fault_break", input: { name: "{name}" }, each: true, when: { field: "status", is: "up" } },
        { title: "Heal", tool: "fault_heal", input: { name: "{name}" }, each: true, when: { field: "status", is: "down" } },
        { title: "Heal everything", tool: "fault_heal", input: {} },
      ],
    },
  },
];

const PLUGINS: PluginInfo[] = [
  {
    id: "hypervisor",
    title: "Hypervisor",
    about: "Nodes, guests and storages of the cluster.",
    state: "running",
    source: "bundled",
    permissions: { net: [{ value: "192.0.2.10:8006", why: "the cluster's API", granted: true }] },
    tools: TOOLS.filter(({ name }) => name.startsWith("hyper")).map(({ name }) => name),
    channels: ["hypervisor/guests", "hypervisor/events"],
    looks: [
      { channel: "hypervisor/guests", title: "Guests", everySeconds: 10, at: new Date().toISOString() },
      { channel: "hypervisor/disks", title: "Disks", everySeconds: 1800, at: new Date(Date.now() - 190 * MINUTE_MS).toISOString() },
      { channel: "hypervisor/upkeep", title: "Updates and certificates", everySeconds: 3600 },
    ],
  },
  {
    id: "engine",
    title: "Containers",
    about: "Containers of the management machine.",
    state: "running",
    source: "bundled",
    permissions: { net: [{ value: "unix:/run/engine.sock", why: "the engine's socket", granted: true }] },
    tools: TOOLS.filter(({ name }) => name.startsWith("engine")).map(({ name }) => name),
    channels: ["engine/containers"],
  },
  { id: "toys", title: "Toys", about: "Things to break.", state: "running", source: "bundled", permissions: {}, tools: ["fault_break", "fault_heal"], channels: ["toys/faults"] },
  {
    id: "weather",
    title: "Weather",
    about: "Rain at the house.",
    state: "pending",
    source: "dropped",
    permissions: { net: [{ value: "api.weather.example:443", why: "the forecast", granted: false }] },
    tools: [],
    channels: [],
  },
  {
    id: "ups",
    title: "Power",
    about: "The UPS in the cellar.",
    state: "failed",
    source: "dropped",
    permissions: {},
    error: "plugins/ups/plugin.ts:14:7: `every` must be a duration such as 10s.",
    tools: [],
    channels: [],
  },
];

/** Nothing is wrong and nothing moves. */
export const quietHouse = (now: number): UiHouse => {
  const iso = (minutes: number): string => new Date(now - minutes * MINUTE_MS).toISOString();
  const resolved: IncidentDetail = {
    id: "inc-0141",
    resource: "guest/130",
    name: "adguard",
    title: "adguard stopped answering",
    severity: "warning",
    status: "resolved",
    cause: { kind: "crash", words: "Its process ended with status 1.", evidence: [{ what: "exit status 1", source: "task log" }], verdict: "fault" },
    openedAt: iso(190),
    resolvedAt: iso(188),
    callIds: [],
    alert: "guest-stopped",
    words: "Started once; it runs since.",
    timeline: [
      { at: iso(190), step: "detected", words: "adguard (130) stopped." },
      { at: iso(189.8), step: "diagnosed", words: "Its process ended with status 1; nobody asked for it." },
      { at: iso(189.5), step: "acted", words: "Started it." },
      { at: iso(189), step: "verifying", words: "Runs; uptime grows." },
      { at: iso(188), step: "report", words: "adguard is back after 48 s." },
    ],
    scene: {},
  };
  const feed: FeedEntry[] = [
    { id: "f1", at: iso(188), kind: "fixed", resource: "guest/130", incident: "inc-0141", words: "adguard is back. It was down for 48 s." },
    { id: "f2", at: iso(260), kind: "left-alone", resource: "guest/107", words: "root@pam shut win-lab down. I leave it alone." },
    { id: "f3", at: iso(400), kind: "notice", words: "I woke up and found 4 nodes, 22 guests and 16 containers." },
  ];
  return {
    drawn: { resources: resourcesAt(now), quorum: { votes: 4, of: 4, quorate: true } },
    status: {
      mode: "act",
      killed: false,
      maintenance: false,
      sources: ["hypervisor", "engine", "toys"].map((plugin) => ({ plugin, state: "ok" as const, since: iso(400), words: "" })),
      version: "0.1.0",
      self: { state: "guest", resources: ["guest/100"], words: "Jarvis runs in mgmt (100) on Home." },
      brain: "rules",
    },
    incidents: [resolved],
    asks: [],
    feed,
    calls: [],
    tools: TOOLS,
    widgets: WIDGETS,
    plugins: PLUGINS,
    values: { "toys/faults": { faults: FAULTS.map(([name, what], index) => ({ name, what, status: index === 2 ? "down" : "up" })) } },
  };
};
