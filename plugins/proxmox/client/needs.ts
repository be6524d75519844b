// What Jarvis needs of Proxmox, privilege by privilege, and what is lost without it: the one list behind the set-up words, the check at run time and "unknown: needs X on Y". Data only (proxmox.md 12).

export type Feature =
  | "nodes"
  | "guests"
  | "storages"
  | "journal"
  | "pools"
  | "agent"
  | "network"
  | "mappings"
  | "power"
  | "migrate"
  | "snapshots"
  | "rollback"
  | "backups"
  | "space"
  | "console"
  | "node-console"
  | "node-power"
  | "node-services"
  | "ha"
  | "agent-exec"
  | "thaw"
  | "settings"
  | "sizes"
  | "disk-sizes"
  | "clones"
  | "copies"
  | "bridges"
  | "cores"
  | "replication"
  | "backup-list"
  | "backup-places";

export interface Need {
  readonly feature: Feature;
  readonly role: "read" | "act";
  readonly path: string;
  /** One of them is enough: releases call it differently. The first is the present name. */
  readonly privileges: readonly [string, ...string[]];
  /** Where releases before 9 ask for another one, on another path. */
  readonly older?: { readonly path: string; readonly privilege: string };
  /** What is not seen or not done without it. */
  readonly loses: string;
  /** Not part of the roles that set-up prints: asked for only by who wants it. */
  readonly extra?: true;
  /** What the right lets its holder do besides. */
  readonly beware?: string;
}

const read = (feature: Feature, path: string, privileges: Need["privileges"], loses: string): Need => ({ feature, role: "read", path, privileges, loses });
const act = (feature: Feature, path: string, privileges: Need["privileges"], loses: string): Need => ({ feature, role: "act", path, privileges, loses });
const extra = (need: Need, beware?: string): Need => ({ ...need, extra: true, ...(beware === undefined ? {} : { beware }) });

export const NEEDS: readonly Need[] = [
  read("nodes", "/", ["Sys.Audit"], "membership and quorum, figures of nodes, HA, replication, disks, and the tasks of anybody but Jarvis"),
  read("guests", "/vms", ["VM.Audit"], "guests: whether they run, their figures and configuration"),
  read("storages", "/storage", ["Datastore.Audit"], "storages, and how full they are"),
  read("journal", "/", ["Sys.Syslog"], "the nodes' journals and the cluster log: why a guest stopped (crash, out of memory, a person) cannot be told"),
  read("pools", "/pool", ["Pool.Audit"], "which guest belongs to which pool"),
  read("agent", "/vms", ["VM.GuestAgent.Audit", "VM.GuestAgent.Unrestricted", "VM.Monitor"], "what the guest agent tells: addresses, file systems, the system inside"),
  read("network", "/sdn", ["SDN.Audit"], "nothing that is told today: it is part of Proxmox's own auditor role"),
  read("mappings", "/mapping", ["Mapping.Audit"], "nothing that is told today: it is part of Proxmox's own auditor role"),
  extra(
    read("backup-list", "/vms", ["VM.Backup"], "which backups there are, where there is no actToken that has it"),
    "it also lets its holder back guests up, and restore over them",
  ),
  extra(
    read("backup-places", "/storage", ["Datastore.AllocateSpace", "Datastore.Allocate"], "which backups there are, where there is no actToken that has it"),
    "it also lets its holder write to storages",
  ),
  act("power", "/vms", ["VM.PowerMgmt"], "starting, stopping and rebooting guests"),
  act("migrate", "/vms", ["VM.Migrate"], "moving guests to another node"),
  act("snapshots", "/vms", ["VM.Snapshot"], "taking and removing snapshots"),
  act("rollback", "/vms", ["VM.Snapshot.Rollback", "VM.Snapshot"], "rolling back to a snapshot"),
  act("backups", "/vms", ["VM.Backup"], "backing guests up, and seeing which backups there are: Proxmox lists a backup only to who may make one"),
  act("space", "/storage", ["Datastore.AllocateSpace"], "writing backups and disks to storages, and seeing which backups there are"),
  act("console", "/vms", ["VM.Console"], "consoles of guests, opened by you on the dashboard"),
  extra(act("node-power", "/nodes", ["Sys.PowerMgmt"], "rebooting, shutting down and waking nodes")),
  extra(act("node-services", "/nodes", ["Sys.Modify"], "restarting a node's services, and ending tasks of others")),
  extra(act("node-console", "/nodes", ["Sys.Console"], "consoles of nodes, opened by you on the dashboard"), "they show the node's own login"),
  extra(act("ha", "/", ["Sys.Console"], "changing what HA does with a guest")),
  extra(act("agent-exec", "/vms", ["VM.GuestAgent.Unrestricted", "VM.Monitor"], "running commands inside a VM")),
  extra(
    act("thaw", "/vms", ["VM.GuestAgent.FileSystemMgmt", "VM.GuestAgent.Unrestricted", "VM.Monitor"], "thawing file systems that a broken backup left frozen, and trimming disks"),
  ),
  extra(act("settings", "/vms", ["VM.Config.Options"], "setting notes, tags, start at boot and start order of guests")),
  extra(act("sizes", "/vms", ["VM.Config.Memory"], "setting the memory of guests")),
  extra(act("cores", "/vms", ["VM.Config.CPU"], "setting the cores of guests")),
  extra(act("disk-sizes", "/vms", ["VM.Config.Disk"], "making disks of guests larger"), "it also lets its holder detach disks"),
  extra(act("clones", "/vms", ["VM.Clone"], "copying guests")),
  extra(act("copies", "/vms", ["VM.Allocate"], "giving a copy its number, without which no guest is copied"), "it also lets its holder delete guests"),
  extra(act("bridges", "/sdn", ["SDN.Use"], "connecting a copy to the bridges of its original, without which no guest is copied")),
  extra(
    { ...act("replication", "/vms", ["VM.Replicate"], "running a replication now"), older: { path: "/storage", privilege: "Datastore.Allocate" } },
    "before 9 it is Datastore.Allocate, which also lets its holder remove storages and what lies on them",
  ),
];

/** Throws for a feature that nothing needs, which the tests rule out. */
export const needOf = (feature: Feature, role: Need["role"]): Need => {
  const found = NEEDS.find((need) => need.feature === feature && need.role === role);
  if (found === undefined) throw new Error(`no need is called ${feature}`);
  return found;
};
