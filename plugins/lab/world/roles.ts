// Proxmox VE's privileges and the roles of the lab's accounts.
import type { Dialect } from "./state.ts";

const VM_PRIVILEGES = [
  "VM.Allocate",
  "VM.Audit",
  "VM.Backup",
  "VM.Clone",
  "VM.Config.CDROM",
  "VM.Config.CPU",
  "VM.Config.Cloudinit",
  "VM.Config.Disk",
  "VM.Config.HWType",
  "VM.Config.Memory",
  "VM.Config.Network",
  "VM.Config.Options",
  "VM.Console",
  "VM.GuestAgent.Audit",
  "VM.GuestAgent.FileRead",
  "VM.GuestAgent.FileSystemMgmt",
  "VM.GuestAgent.FileWrite",
  "VM.GuestAgent.Unrestricted",
  "VM.Migrate",
  "VM.PowerMgmt",
  "VM.Replicate",
  "VM.Snapshot",
  "VM.Snapshot.Rollback",
];
const SYSTEM = ["Sys.AccessNetwork", "Sys.Audit", "Sys.Console", "Sys.Incoming", "Sys.Modify", "Sys.PowerMgmt", "Sys.Syslog"];
const STORAGE = ["Datastore.Allocate", "Datastore.AllocateSpace", "Datastore.AllocateTemplate", "Datastore.Audit"];
const REST = [
  "Group.Allocate",
  "Mapping.Audit",
  "Mapping.Modify",
  "Mapping.Use",
  "Permissions.Modify",
  "Pool.Allocate",
  "Pool.Audit",
  "Realm.Allocate",
  "Realm.AllocateUser",
  "SDN.Allocate",
  "SDN.Audit",
  "SDN.Use",
  "User.Modify",
];
const AUDIT = ["Datastore.Audit", "Mapping.Audit", "Pool.Audit", "SDN.Audit", "Sys.Audit", "VM.Audit", "VM.GuestAgent.Audit"];

const AGENT = /^VM\.GuestAgent\./;
const EVERYTHING = [...VM_PRIVILEGES, ...SYSTEM, ...STORAGE, ...REST];

/** 8.x has VM.Monitor where 9.x tells five agent privileges apart. */
const inDialect = (dialect: Dialect, privileges: readonly string[]): string[] =>
  dialect === "9.1" ? [...privileges] : [...privileges.filter((one) => !AGENT.test(one)), ...(privileges.some((one) => AGENT.test(one)) ? ["VM.Monitor"] : [])].sort();

export const privilegesOf = (dialect: Dialect): readonly string[] => inDialect(dialect, EVERYTHING);

const ROLES: Readonly<Record<string, readonly string[]>> = {
  Administrator: EVERYTHING,
  NoAccess: [],
  PVEAuditor: AUDIT,
  PVEVMAdmin: VM_PRIVILEGES,
  PVEVMUser: [
    "VM.Audit",
    "VM.Backup",
    "VM.Config.CDROM",
    "VM.Config.Cloudinit",
    "VM.Console",
    "VM.GuestAgent.Audit",
    "VM.GuestAgent.FileRead",
    "VM.GuestAgent.FileSystemMgmt",
    "VM.GuestAgent.FileWrite",
    "VM.GuestAgent.Unrestricted",
    "VM.PowerMgmt",
  ],
  PVEDatastoreUser: ["Datastore.AllocateSpace", "Datastore.Audit"],
  JarvisRead: [...AUDIT, "Sys.Syslog"],
  JarvisOperate: [
    "Datastore.AllocateSpace",
    "Datastore.Audit",
    "Pool.Audit",
    "Sys.Audit",
    "Sys.Syslog",
    "VM.Audit",
    "VM.Backup",
    "VM.Console",
    "VM.GuestAgent.Audit",
    "VM.Migrate",
    "VM.PowerMgmt",
    "VM.Snapshot",
    "VM.Snapshot.Rollback",
  ],
};

/** On 8.x the auditor may not ask the agent: VM.Monitor would let it run commands too. */
export function rolesOf(dialect: Dialect): Readonly<Record<string, readonly string[]>> {
  const roles = Object.entries(ROLES).map(([name, privileges]): [string, string[]] => [name, inDialect(dialect, privileges)]);
  if (dialect === "8.4")
    return Object.fromEntries(roles.map(([name, privileges]) => [name, name === "PVEAuditor" ? privileges.filter((one) => one !== "VM.Monitor") : privileges]));
  return Object.fromEntries(roles);
}

/** Which privileges /access/ticket reports under which heading of `cap`. */
const CAP_PATHS: Readonly<Record<string, { path: string; privileges: readonly string[] }>> = {
  vms: { path: "/vms", privileges: [...VM_PRIVILEGES, "Permissions.Modify"] },
  storage: { path: "/storage", privileges: [...STORAGE, "Permissions.Modify"] },
  access: { path: "/access", privileges: ["User.Modify", "Group.Allocate", "Permissions.Modify"] },
  nodes: { path: "/nodes", privileges: [...SYSTEM, "Permissions.Modify"] },
  dc: { path: "/", privileges: ["Sys.Audit", "Sys.Modify", "SDN.Allocate", "SDN.Audit", "SDN.Use"] },
  sdn: { path: "/sdn", privileges: ["SDN.Allocate", "SDN.Audit", "SDN.Use", "Permissions.Modify"] },
  mapping: { path: "/mapping", privileges: ["Mapping.Audit", "Mapping.Modify", "Mapping.Use", "Permissions.Modify"] },
};

export const capPathsOf = (dialect: Dialect): [heading: string, path: string, privileges: string[]][] =>
  Object.entries(CAP_PATHS).map(([heading, { path, privileges }]) => [heading, path, inDialect(dialect, privileges)]);
