// The failures a homelab has, by their numbers in the list the makers work from: each in own few words, its class there, and what Jarvis waits for or leaves to a person. Data only.

/** A: done, then told. Q: asked first. R: told with a plan. */
export type Class = "A" | "Q" | "R";

/** A scenario beside the matrix of nodes, guests and stores. */
export interface Elsewhere {
  readonly scenario: string;
  readonly alert: { readonly key: string; readonly resource: string; readonly cause: string };
  /** The test that plays it. */
  readonly proved: string;
}

export interface Listed {
  readonly row: number;
  readonly what: string;
  /** More than one: by the case. */
  readonly class: readonly Class[];
  /** What Jarvis does where there is nothing to propose. */
  readonly does?: string;
  /** What has to come before it can do more. */
  readonly waits?: string;
  /** Why a person does what the list would have done or offered. */
  readonly person?: string;
  readonly also?: readonly Elsewhere[];
}

const ALERTS = "tests/plugins/proxmox/alerts";
const HOSTS_LOST = "tests/e2e/docker-host-lost.test.ts";
const ENGINE_LOOPS = "tests/plugins/docker/daemon.test.ts";
const also = (key: string, resource: string, cause: string, scenario: string, proved: string): Elsewhere => ({ scenario, alert: { key, resource, cause }, proved });

export const listed: readonly Listed[] = [
  { row: 1, what: "a guest's process dies", class: ["A"] },
  { row: 2, what: "a guest is switched off from inside", class: ["R"], does: "leaves it as it is and says so once, with the proof" },
  { row: 3, what: "the node kills a guest for memory", class: ["Q"] },
  { row: 4, what: "a VM hangs", class: ["Q"] },
  { row: 5, what: "a VM stays frozen after its backup", class: ["A"] },
  {
    row: 6,
    what: "a VM stands because its disk takes no more",
    class: ["Q"],
    also: [
      also("guest-broken", "guest/101", "crash", "a VM that QEMU itself stopped", `${ALERTS}/guest-alerts.test.ts`),
      also("guest-left-paused", "guest/101", "migration", "a VM that a broken-off move left standing", `${ALERTS}/guest-alerts.test.ts`),
    ],
  },
  { row: 7, what: "a container ends, or does not start", class: ["A"] },
  { row: 8, what: "a container is short of its own memory", class: ["Q"], waits: "SSH, to restart the one service that was killed" },
  { row: 9, what: "a container's root disk fills up", class: ["Q"], waits: "SSH, to name what grew and clear its caches" },
  { row: 10, what: "a lock outlives its task", class: ["Q"] },
  { row: 11, what: "a snapshot is left over or forgotten", class: ["Q"] },
  { row: 12, what: "a node is away", class: ["Q"], also: [also("node-offline", "node/agent", "user", "a node that somebody sent off", `${ALERTS}/node.test.ts`)] },
  { row: 13, what: "a node's API is dead or stuck", class: ["A"], waits: "SSH, to restart what the API can no longer be asked for" },
  { row: 14, what: "a node's numbers stand still", class: ["A"] },
  {
    row: 15,
    what: "the votes do not suffice, or only just",
    class: ["R"],
    also: [
      also("quorum-margin", "cluster/homelab", "quorum", "a cluster without a vote to spare", "tests/plugins/proxmox/votes.test.ts"),
      also("qdevice-silent", "cluster/homelab", "quorum", "a third machine whose vote is missing", "tests/plugins/proxmox/qdevice.test.ts"),
    ],
  },
  {
    row: 16,
    what: "the cluster's link is unsteady",
    class: ["R"],
    also: [also("cluster-retransmits", "node/pve", "network", "a link that sends everything twice", `${ALERTS}/journal-words.test.ts`)],
  },
  { row: 17, what: "HA gives a service up, or waits for a fence", class: ["Q"], person: "what HA keeps is only started through HA, after a look at the other nodes" },
  { row: 18, what: "a node is left in maintenance", class: ["Q"], waits: "SSH: Proxmox has no call that ends it" },
  { row: 19, what: "a thin pool runs full", class: ["A", "Q"] },
  {
    row: 20,
    what: "a ZFS pool is full, errs or lost a disk",
    class: ["R"],
    also: [also("storage-filling", "storage/pve/tank", "storage", "a pool that is full in days", `${ALERTS}/storage-room.test.ts`)],
  },
  { row: 21, what: "a disk is going", class: ["R"] },
  { row: 22, what: "a node's root disk fills up", class: ["A"], waits: "SSH, for the short list of what may be cleared" },
  { row: 23, what: "/etc/pve is gone on a node", class: ["Q"], person: "with HA on, restarting it can reset the node" },
  { row: 24, what: "a storage is out of reach", class: ["Q"], person: "Proxmox mounts it again by itself once its server answers" },
  { row: 25, what: "a network mount hangs", class: ["R"] },
  {
    row: 26,
    what: "a backup fails",
    class: ["A"],
    also: [also("backup-run-failed", "service/proxmox/backups", "backup", "a run that failed as a whole", `${ALERTS}/backup.test.ts`)],
  },
  { row: 27, what: "a guest has no good young backup, or no job", class: ["Q"] },
  { row: 28, what: "the backup target is full", class: ["Q"], waits: "a tool that prunes by the jobs' own keep rules" },
  {
    row: 29,
    what: "the backup server's task hangs",
    class: ["Q"],
    waits: "a plugin that may act on the backup server",
    also: [
      also("pbs-gc-overdue", "storage/shared/backups", "backup-server", "a garbage collection that is overdue", `${ALERTS}/backup-server.test.ts`),
      also("pbs-verify-failed", "storage/shared/backups", "backup", "a verification that found damage", `${ALERTS}/backup-server.test.ts`),
    ],
  },
  {
    row: 30,
    what: "replication fails or lags",
    class: ["A"],
    also: [also("replication-behind", "guest/101", "replication", "a copy that is too old", `${ALERTS}/replication.test.ts`)],
  },
  {
    row: 31,
    what: "a container fails its own check",
    class: ["A"],
  },
  {
    row: 32,
    what: "a container keeps dying",
    class: ["Q"],
    also: [also("container-looping", "container/mgmt/grafana", "unknown", "a real container that dies at each start", ENGINE_LOOPS)],
  },
  { row: 33, what: "a container is killed for memory", class: ["A"] },
  { row: 34, what: "a container is down though it should run", class: ["A"] },
  { row: 35, what: "containers whose network was another's stand alone", class: ["A"], waits: "a tool that makes a container anew from the same image" },
  {
    row: 36,
    what: "a Docker host does not answer",
    class: ["Q"],
    waits: "SSH, to restart the daemon where Jarvis does not run on it",
    also: [also("docker-host-lost", "docker/nas", "host-down", "a socket that no engine answers at", HOSTS_LOST)],
  },
  { row: 37, what: "images, caches and logs fill a Docker host", class: ["A"], waits: "a reading of what they take, and a tool that prunes" },
  { row: 38, what: "a new image is worse than the last", class: ["Q"], waits: "services: nothing tells yet that it is worse" },
  { row: 39, what: "a certificate runs out", class: ["A", "R"], waits: "a tool that orders a new one where ACME is set up" },
  {
    row: 40,
    what: "a node's clock runs away",
    class: ["A"],
    also: [also("service-down-chrony", "node/pve", "service", "a time service that died", "tests/plugins/remediation/rows.test.ts")],
  },
  { row: 41, what: "names do not resolve", class: ["A"], waits: "SSH, to restart a resolver whose guest runs" },
  { row: 42, what: "the internet is out of reach", class: ["A"], waits: "a model in the cloud: there is none whose calls could be held back" },
  { row: 43, what: "the power fails", class: ["Q"], waits: "a reading of the battery that is left" },
  {
    row: 44,
    what: "guests do not come up with their node",
    class: ["A"],
    also: [
      also("guest-not-started", "guest/101", "not-started", "one guest that its node left out", `${ALERTS}/guest-alerts.test.ts`),
      also("guest-not-started", "guest/102", "start-failed", "one guest whose start at boot failed", `${ALERTS}/guest-alerts.test.ts`),
    ],
  },
  { row: 45, what: "a guest agent is silent", class: ["A", "R"], waits: "SSH, to restart the agent inside" },
  { row: 46, what: "updates wait, or versions differ", class: ["R"] },
  { row: 47, what: "a node is too hot", class: ["Q"], person: "which guest may move or rest is no question of heat alone" },
  { row: 48, what: "one guest keeps the disks busy", class: ["Q"], waits: "a tool that limits a disk's bandwidth" },
  { row: 49, what: "a port or a bond is slow or down", class: ["R"], waits: "SSH or the switch: Proxmox does not tell a port's speed" },
  { row: 50, what: "somebody tries passwords", class: ["R"], waits: "notify, and the nodes' login records over SSH" },
  { row: 51, what: "the local model is slow or down", class: ["A"], waits: "a model" },
  {
    row: 52,
    what: "Jarvis itself is short of something",
    class: ["A"],
    does: "sheds work, keeps readings and refuses to act when its disk or journal is",
    waits: "notify, so that somebody outside hears when it is silent",
  },
];
