// Every fault of the simulated cluster in one list, in the order `jarvis lab list` prints them: what breaks guests, nodes, the cluster, storages, backups, the API; look-alikes beside what they look like.
import type { Dispatch } from "../front/dispatch.ts";
import type { Pbs } from "../pbs/state.ts";
import type { World } from "../world/state.ts";
import { apiGarbage, apiHang } from "./api.ts";
import { backupDamaged, backupJobDisabled, backupStale, guestExcluded, guestInNoJob } from "./backup/plan.ts";
import { backupCancelled, backupFails, backupFreezing, backupSlow } from "./backup/run.ts";
import { pbsFirstSync, pbsTaskHangs } from "./backup/server.ts";
import { backupRunning } from "./backup-running.ts";
import { qdeviceDown } from "./cluster/device.ts";
import { haFenceLoop, haServiceError } from "./cluster/ha.ts";
import { corosyncBusyBackup, corosyncFlapping, nodeIsolated, quorumLost } from "./cluster/links.ts";
import { dnsGuestDown, namesFail, nodeNamesFail, wanDown } from "./cluster/outside.ts";
import { replicationFails } from "./cluster/replicate.ts";
import type { Fault } from "./fault.ts";
import { guestConfigChanged, guestLockStale, snapshotLeftover, snapshotOld, snapshotWanted } from "./guest/change.ts";
import { ctBindMount, ctDiskFull, ctMemoryHigh, ctOom, ctStartFails } from "./guest/container.ts";
import { agentDead, guestFrozen, guestHung, guestIoError, guestUserPause, guestUserReboot } from "./guest/hung.ts";
import { guestUserMigrate } from "./guest/moved.ts";
import { guestCrash } from "./guest-crash.ts";
import { guestOom } from "./guest-oom.ts";
import { guestPoweredOffInside } from "./guest-powered-off-inside.ts";
import { guestUserStop } from "./guest-user-stop.ts";
import { certificateChanged, certificateExpiring, certificateRenewed } from "./node/certificate.ts";
import { apiSlow, nodeTimezone, pmxcfsDown, pvedaemonStuck, pveproxyDead, pvestatdDead, timeDrift } from "./node/daemon.ts";
import { guestBusy, ioStorm, nodeCpuPressure, nodeHot, nodeMemoryPressure, nodeRootFull, zfsScrub } from "./node/load.ts";
import {
  diskAtaErrors,
  diskCableReset,
  diskFailing,
  diskWear,
  maintenanceLeft,
  maintenanceOngoing,
  nodeVersionMixed,
  updatesPending,
  zfsDegraded,
  zfsErrors,
} from "./node/parts.ts";
import { guestsNotStarted, nodeDown, nodeRebootingPlanned, powerOutage, upsOnBattery } from "./node/power.ts";
import { startThenDie } from "./start-then-die.ts";
import { storageDisabled, storageHang, storageOffline } from "./storage/reach.ts";
import { backupGcPending, storageBurst, storageFull, thinMetadataFull, thinPoolFull, zfsFull } from "./storage/room.ts";
import { taskFails } from "./task-fails.ts";
import { tokenPrivilegeMissing } from "./token-privilege.ts";
import { tokenRevoked } from "./token-revoked.ts";

const ofGuests = [guestHung, guestFrozen, guestIoError, guestUserPause, guestUserReboot, guestUserMigrate, ctStartFails, ctOom, ctMemoryHigh, ctDiskFull, ctBindMount, agentDead];
const leftBehind = [guestLockStale, snapshotLeftover, snapshotOld, snapshotWanted, guestConfigChanged];
const ofNodes = [nodeDown, nodeRebootingPlanned, nodeIsolated, powerOutage, upsOnBattery, guestsNotStarted, pveproxyDead, pvedaemonStuck, pvestatdDead, pmxcfsDown, apiSlow];
const ofCluster = [
  quorumLost,
  corosyncFlapping,
  corosyncBusyBackup,
  haServiceError,
  haFenceLoop,
  replicationFails,
  dnsGuestDown,
  namesFail,
  nodeNamesFail,
  wanDown,
  timeDrift,
  nodeTimezone,
];
const ofParts = [
  diskFailing,
  diskWear,
  diskAtaErrors,
  diskCableReset,
  zfsDegraded,
  zfsErrors,
  zfsFull,
  zfsScrub,
  certificateExpiring,
  certificateRenewed,
  certificateChanged,
  updatesPending,
  nodeVersionMixed,
];
const ofWeight = [nodeMemoryPressure, nodeCpuPressure, nodeRootFull, nodeHot, ioStorm, guestBusy, maintenanceLeft, maintenanceOngoing];
const ofStorages = [thinPoolFull, thinMetadataFull, storageBurst, storageFull, storageOffline, storageHang, storageDisabled];
const ofBackups = [backupFails, backupCancelled, backupSlow, backupFreezing, backupStale, guestInNoJob, guestExcluded, backupJobDisabled];

export const proxmoxFaults = (world: World, dispatch: Dispatch, pbs: Pbs): Fault[] => [
  guestCrash(world),
  guestUserStop(world, dispatch),
  guestPoweredOffInside(world),
  guestOom(world),
  backupRunning(world),
  startThenDie(world),
  taskFails(world),
  ...[ofGuests, leftBehind, ofNodes, ofCluster, ofParts, ofWeight, ofStorages, ofBackups].flatMap((makers) => makers.map((make) => make(world))),
  // A fault that nothing in this world can have is not offered.
  ...(world.qdevice === undefined ? [] : [qdeviceDown(world)]),
  backupDamaged(world, pbs),
  backupGcPending(world, pbs),
  pbsTaskHangs(world, pbs),
  pbsFirstSync(pbs),
  apiHang(world),
  apiGarbage(world),
  tokenRevoked(world),
  tokenPrivilegeMissing(world),
];
