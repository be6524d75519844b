// Proxmox VE's privileges and the roles of the lab's accounts.

export const VM_PRIVILEGES = [
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

export const ALL_PRIVILEGES: readonly string[] = [...VM_PRIVILEGES, ...SYSTEM, ...STORAGE, ...REST];

export const ROLES: Readonly<Record<string, readonly string[]>> = {
  Administrator: ALL_PRIVILEGES,
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

/** Which privileges /access/ticket reports under which heading of `cap`. */
export const CAP_PATHS: Readonly<Record<string, { path: string; privileges: readonly string[] }>> = {
  vms: { path: "/vms", privileges: [...VM_PRIVILEGES, "Permissions.Modify"] },
  storage: { path: "/storage", privileges: [...STORAGE, "Permissions.Modify"] },
  access: { path: "/access", privileges: ["User.Modify", "Group.Allocate", "Permissions.Modify"] },
  nodes: { path: "/nodes", privileges: [...SYSTEM, "Permissions.Modify"] },
  dc: { path: "/", privileges: ["Sys.Audit", "Sys.Modify", "SDN.Allocate", "SDN.Audit", "SDN.Use"] },
  sdn: { path: "/sdn", privileges: ["SDN.Allocate", "SDN.Audit", "SDN.Use", "Permissions.Modify"] },
  mapping: { path: "/mapping", privileges: ["Mapping.Audit", "Mapping.Modify", "Mapping.Use", "Permissions.Modify"] },
};
