// Which privileges each act needs, and on which paths: by what Proxmox's own schema says of the calls the act makes. Pure.
import type { Preflight } from "jarvis";
import type { Feature } from "../client/needs.ts";
import type { Demand, Demands } from "./entitled.ts";

const MOST = 20;
/** A bridge of the nodes; virtual networks lie on a path that the guest's configuration does not tell. */
const BRIDGE = /^vmbr\d+$/;

const pathOf = ({ target }: Preflight): string => `/vms/${target.replace(/^guest\//, "")}`;
const listed = (facts: Preflight, name: string): string[] => (facts.facts?.[name] ?? "").split(",").filter(Boolean).slice(0, MOST);

const onGuest =
  (...features: readonly Feature[]): Demands<unknown> =>
  (_, facts) =>
    features.map((feature) => ({ feature, path: pathOf(facts) }));

const onNode =
  (feature: Feature): Demands<unknown> =>
  (_, facts) => [{ feature, path: `/nodes/${facts.facts?.node ?? facts.name ?? ""}` }];

const spaceOn = (storages: readonly string[]): Demand[] => storages.map((storage) => ({ feature: "space", path: `/storage/${storage}` }));

const forBackup: Demands<unknown> = (_, facts) => [{ feature: "backups", path: pathOf(facts) }, ...spaceOn(listed(facts, "storage"))];

const forResize: Demands<unknown> = (_, facts) => [{ feature: "disk-sizes", path: pathOf(facts) }, ...spaceOn(listed(facts, "storage"))];

const forClone: Demands<unknown> = (_, facts) => [
  { feature: "clones", path: pathOf(facts) },
  { feature: "copies", path: `/vms/${facts.facts?.newVmid ?? ""}` },
  ...spaceOn(listed(facts, "storages")),
  ...listed(facts, "bridges")
    .filter((bridge) => BRIDGE.test(bridge))
    .map((bridge): Demand => ({ feature: "bridges", path: `/sdn/zones/localnetwork/${bridge}` })),
];

const OF_SETTING: Readonly<Record<string, Feature>> = { memory: "sizes", balloon: "sizes", swap: "sizes", cores: "cores" };

const forSettings: Demands<unknown> = (_, facts) =>
  [...new Set(listed(facts, "keys").map((key) => OF_SETTING[key] ?? "settings"))].map((feature) => ({ feature, path: pathOf(facts) }));

/** Its own tasks anybody may end. */
const forCancel: Demands<{ upid: string }> = ({ upid }, facts) =>
  facts.lastHumanAct === undefined ? [] : [{ feature: "node-services", path: `/nodes/${upid.split(":")[1] ?? ""}` }];

/** By tool. Taking a lock off is not among them: only root@pam may, whatever its rights. */
export const DEMANDS = {
  guest_start: onGuest("power"),
  guest_shutdown: onGuest("power"),
  guest_stop: onGuest("power"),
  guest_reboot: onGuest("power"),
  guest_reset: onGuest("power"),
  guest_suspend: onGuest("power"),
  guest_resume: onGuest("power"),
  guest_migrate: onGuest("migrate"),
  guest_clone: forClone,
  guest_config_set: forSettings,
  guest_disk_resize: forResize,
  guest_agent_exec: onGuest("agent-exec"),
  guest_fsfreeze_thaw: onGuest("thaw"),
  guest_snapshot_create: onGuest("snapshots"),
  guest_snapshot_rollback: onGuest("rollback"),
  guest_snapshot_delete: onGuest("snapshots"),
  guest_backup: forBackup,
  backup_retry: forBackup,
  node_service_restart: onNode("node-services"),
  node_shutdown: onNode("node-power"),
  node_reboot: onNode("node-power"),
  node_wake: onNode("node-power"),
  storage_trim: onGuest("thaw"),
  replication_run: onGuest("replication"),
  task_cancel: forCancel,
} as const satisfies Readonly<Record<string, Demands<never>>>;
