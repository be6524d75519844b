// Proxmox VE: watches a cluster and acts on its guests through its API.
import { type Context, definePlugin, JarvisError } from "jarvis";
import { type Client, createClient } from "./client/client.ts";
import { eased, remark } from "./client/easing.ts";
import { lackWords } from "./client/lacking.ts";
import { metricsOf } from "./client/metrics.ts";
import { Config } from "./config.ts";
import { shell } from "./console/shell.ts";
import { Event } from "./events.ts";
import { withPast } from "./history/past.ts";
import { access } from "./monitors/access.ts";
import { agents } from "./monitors/agents.ts";
import { arrays } from "./monitors/arrays.ts";
import { backups } from "./monitors/backups.ts";
import { ceph } from "./monitors/ceph.ts";
import { cluster } from "./monitors/cluster.ts";
import { corosync } from "./monitors/corosync.ts";
import { disks } from "./monitors/disks.ts";
import { firewall } from "./monitors/firewall.ts";
import { guests } from "./monitors/guests.ts";
import { ha } from "./monitors/ha.ts";
import { kills } from "./monitors/kills.ts";
import { log } from "./monitors/log.ts";
import { nodes } from "./monitors/nodes.ts";
import { pools } from "./monitors/pools.ts";
import { replication } from "./monitors/replication.ts";
import { rounds } from "./monitors/rounds.ts";
import { services } from "./monitors/services.ts";
import { snapshots } from "./monitors/snapshots.ts";
import { storage } from "./monitors/storage.ts";
import { tasks } from "./monitors/tasks.ts";
import { upkeep } from "./monitors/upkeep.ts";
import { pbs } from "./pbs/monitor.ts";
import { push } from "./push/monitor.ts";
import { accessGet } from "./tools/access-get.ts";
import { guestAgentExec } from "./tools/agent-exec.ts";
import { guestAgentGet } from "./tools/agent-look.ts";
import { guestThaw } from "./tools/agent-thaw.ts";
import { backupAudit } from "./tools/backup-audit.ts";
import { backupList } from "./tools/backup-list.ts";
import { guestClone } from "./tools/clone.ts";
import { clusterOverview } from "./tools/cluster-overview.ts";
import { DEMANDS } from "./tools/demands.ts";
import { entitled } from "./tools/entitled.ts";
import { backupRetry, guestBackup } from "./tools/guest-backup.ts";
import { guestConfigSet } from "./tools/guest-config.ts";
import { guestExplain } from "./tools/guest-explain.ts";
import { guestGet } from "./tools/guest-get.ts";
import { guestList } from "./tools/guest-list.ts";
import { guestReset, guestResume, guestSuspend } from "./tools/guest-pause.ts";
import { haStatus } from "./tools/ha-status.ts";
import { guestMigrate } from "./tools/migrate.ts";
import { nodeGet } from "./tools/node-get.ts";
import { nodeList } from "./tools/node-list.ts";
import { nodeLossForecast, nodeMaintenanceCheck } from "./tools/node-loss.ts";
import { nodeReboot, nodeShutdown } from "./tools/node-power.ts";
import { nodeServiceRestart } from "./tools/node-service.ts";
import { nodeWake } from "./tools/node-wake.ts";
import { guestReboot, guestShutdown, guestStart, guestStop } from "./tools/power.ts";
import { replicationList } from "./tools/replication-list.ts";
import { replicationRun } from "./tools/replication-run.ts";
import { guestDiskResize } from "./tools/resize.ts";
import { snapshotList } from "./tools/snapshot-look.ts";
import { snapshotCreate, snapshotDelete } from "./tools/snapshot-make.ts";
import { snapshotRollback } from "./tools/snapshot-rollback.ts";
import { storageGet, storageList } from "./tools/storage-look.ts";
import { storageTrim } from "./tools/storage-trim.ts";
import { taskGet, taskLog } from "./tools/task.ts";
import { taskCancel } from "./tools/task-cancel.ts";
import { guestUnlock } from "./tools/unlock.ts";

const certificateOf = async (ca: string, read: (path: string) => Promise<string>): Promise<string> => {
  const text = ca.includes("-----BEGIN CERTIFICATE-----") ? ca : await read(ca);
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new JarvisError("configuration", { message: "plugins.proxmox.ca holds no PEM certificate." });
  return text;
};

const connect = async ({ config, read }: Pick<Context<Config, undefined>, "config" | "read">): Promise<Client> =>
  createClient(config, config.ca === undefined ? undefined : await certificateOf(config.ca, read));

export default definePlugin({
  title: "Proxmox VE",
  about: "Watches nodes, guests, storages and tasks of a Proxmox cluster, and starts and stops its guests.",
  permissions: {
    net: [
      { value: "config:endpoints", why: "the cluster's API" },
      { value: "config:pbs.url", why: "the backup server's API, when one is configured" },
    ],
    read: [
      { value: "config:ca", why: "the certificate of the cluster's CA" },
      { value: "config:pbs.ca", why: "the certificate of the backup server's CA" },
    ],
  },
  config: Config,
  metrics: metricsOf,
  ingest: { title: "Proxmox's metric servers", secret: ({ push }) => push?.token, take: async (ctx, sent) => (await import("./push/take.ts")).take(ctx, sent) },
  connect,
  monitors: {
    guests: { ...withPast(guests), remark: (client) => remark(client) ?? lackWords(client) },
    agents: eased(agents),
    kills,
    snapshots: eased(snapshots),
    cluster: withPast(cluster),
    storage: withPast(storage),
    tasks: eased(tasks),
    rounds,
    access: eased(access),
    nodes,
    ha: eased(ha),
    services: eased(services),
    arrays: eased(arrays),
    disks: eased(disks),
    backups: eased(backups),
    replication: eased(replication),
    pbs,
    ceph: eased(ceph),
    firewall: eased(firewall),
    log: eased(log),
    pools,
    upkeep: eased(upkeep),
    corosync: eased(corosync),
    push,
  },
  tools: {
    guest_list: guestList,
    guest_get: guestGet,
    guest_explain: guestExplain,
    guest_start: entitled(guestStart, DEMANDS.guest_start),
    guest_shutdown: entitled(guestShutdown, DEMANDS.guest_shutdown),
    guest_stop: entitled(guestStop, DEMANDS.guest_stop),
    guest_reboot: entitled(guestReboot, DEMANDS.guest_reboot),
    guest_reset: entitled(guestReset, DEMANDS.guest_reset),
    guest_suspend: entitled(guestSuspend, DEMANDS.guest_suspend),
    guest_resume: entitled(guestResume, DEMANDS.guest_resume),
    guest_migrate: entitled(guestMigrate, DEMANDS.guest_migrate),
    guest_clone: entitled(guestClone, DEMANDS.guest_clone),
    guest_config_set: entitled(guestConfigSet, DEMANDS.guest_config_set),
    guest_disk_resize: entitled(guestDiskResize, DEMANDS.guest_disk_resize),
    guest_unlock: guestUnlock,
    guest_agent_get: guestAgentGet,
    guest_agent_exec: entitled(guestAgentExec, DEMANDS.guest_agent_exec),
    guest_fsfreeze_thaw: entitled(guestThaw, DEMANDS.guest_fsfreeze_thaw),
    guest_snapshot_list: snapshotList,
    guest_snapshot_create: entitled(snapshotCreate, DEMANDS.guest_snapshot_create),
    guest_snapshot_rollback: entitled(snapshotRollback, DEMANDS.guest_snapshot_rollback),
    guest_snapshot_delete: entitled(snapshotDelete, DEMANDS.guest_snapshot_delete),
    guest_backup: entitled(guestBackup, DEMANDS.guest_backup),
    backup_list: backupList,
    backup_audit: backupAudit,
    backup_retry: entitled(backupRetry, DEMANDS.backup_retry),
    cluster_overview: clusterOverview,
    ha_status: haStatus,
    storage_list: storageList,
    storage_get: storageGet,
    node_list: nodeList,
    node_get: nodeGet,
    node_loss_forecast: nodeLossForecast,
    node_maintenance_check: nodeMaintenanceCheck,
    node_service_restart: entitled(nodeServiceRestart, DEMANDS.node_service_restart),
    node_shutdown: entitled(nodeShutdown, DEMANDS.node_shutdown),
    node_reboot: entitled(nodeReboot, DEMANDS.node_reboot),
    node_wake: entitled(nodeWake, DEMANDS.node_wake),
    storage_trim: entitled(storageTrim, DEMANDS.storage_trim),
    replication_list: replicationList,
    replication_run: entitled(replicationRun, DEMANDS.replication_run),
    task_get: taskGet,
    task_log: taskLog,
    task_cancel: entitled(taskCancel, DEMANDS.task_cancel),
    access_get: accessGet,
  },
  consoles: { console_open: shell },
  channels: { events: { title: "Tasks that began or ended, guests that changed", data: Event } },
  widgets: {
    guests: {
      kind: "grid",
      title: "Guests",
      from: "guests",
      rows: "guests",
      name: "name",
      value: "cpuPercent",
      unit: "%",
      status: "status",
      actions: [
        { title: "Start", tool: "proxmox_guest_start", input: { vmid: "{vmid}" }, each: true, when: { field: "status", is: "stopped" } },
        { title: "Shut down", tool: "proxmox_guest_shutdown", input: { vmid: "{vmid}" }, each: true, when: { field: "status", is: "running" } },
        { title: "Reboot", tool: "proxmox_guest_reboot", input: { vmid: "{vmid}" }, each: true, when: { field: "status", is: "running" } },
      ],
    },
    tasks: {
      kind: "table",
      title: "Cluster tasks",
      from: "tasks",
      rows: "tasks",
      fields: [
        { field: "type", title: "Task" },
        { field: "vmid", title: "Guest" },
        { field: "node", title: "Node" },
        { field: "user", title: "By" },
        { field: "status", title: "State" },
        { field: "startedAt", title: "Began" },
      ],
    },
    log: {
      kind: "table",
      title: "Cluster log",
      from: "log",
      rows: "lines",
      fields: [
        { field: "at", title: "At" },
        { field: "node", title: "Node" },
        { field: "user", title: "By" },
        { field: "text", title: "Said" },
      ],
    },
    quorum: { kind: "stat", title: "Quorum", size: "s", from: "cluster", field: "quorum.votes", words: "nodes online" },
  },
});
