// The simulated backup server: its datastores over the world's PBS storages, garbage collection, verification, and the lock two of its tasks cannot share.
import type { Backup, Storage, World } from "../world/state.ts";
import { usageOf } from "../world/storage.ts";
import { createPbsTasks, type PbsTask, type PbsTasks, type PbsWorker } from "./tasks.ts";

export const PBS_NODE = "pbs";
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NIGHTS = 6;
const GC_MS = 11 * 60_000;
const VERIFY_MS = 24 * 60_000;
const CABIN = "cabin";
const CABIN_NIGHTS = 3;
const CABIN_GUESTS = [
  { vmid: 100, kind: "qemu", sizeBytes: 9_663_676_416 },
  { vmid: 101, kind: "lxc", sizeBytes: 2_147_483_648 },
] as const;
const CHUNK_BYTES = 4_194_304;

export interface GcStatus {
  upid?: string;
  /** World time in milliseconds of the last run's end; 0: never. */
  endedAt: number;
  durationMs: number;
  removedBytes: number;
  removedChunks: number;
  pendingBytes: number;
  pendingChunks: number;
  state: string;
}

export interface Datastore {
  /** Its own name, `main`. */
  store: string;
  /** The storage Proxmox VE knows it as. */
  storage: Storage;
  gc: GcStatus;
  /** Snapshots in namespaces below the root, by namespace: those of another house. */
  others: ReadonlyMap<string, readonly Backup[]>;
  /** The task that holds it alone. */
  lockedBy?: string;
}

export interface Pbs {
  readonly world: World;
  readonly node: string;
  readonly datastores: Datastore[];
  readonly tasks: PbsTasks;
  find(store: string): Datastore | undefined;
  snapshots(datastore: Datastore): Backup[];
  /** Starts garbage collection; it fails when another task holds the datastore. */
  collect(datastore: Datastore, user: string): PbsTask;
  verify(datastore: Datastore, user: string, only?: Backup): PbsTask;
}

/** Holds the datastore's lock while `work` runs. */
export async function alone(datastore: Datastore, upid: string, work: () => Promise<void>): Promise<void> {
  if (datastore.lockedBy !== undefined) throw new Error(`unable to lock datastore '${datastore.store}': another task holds it (${datastore.lockedBy})`);
  datastore.lockedBy = upid;
  try {
    await work();
  } finally {
    delete datastore.lockedBy;
  }
}

function remember(pbs: Omit<Pbs, "collect" | "verify">): void {
  const now = pbs.world.clock.now();
  for (const datastore of pbs.datastores)
    for (let night = NIGHTS; night >= 1; night--) {
      const { store } = datastore;
      const startedAt = now - (night - 1) * DAY_MS - 16 * HOUR_MS;
      pbs.tasks.past({
        type: "verificationjob",
        id: `${store}:v-nightly`,
        startedAt: startedAt - HOUR_MS,
        durationMs: VERIFY_MS,
        exit: "OK",
        log: [`verify datastore ${store}`, "verification finished successfully"],
      });
      const gc = pbs.tasks.past({
        type: "garbage_collection",
        id: store,
        startedAt,
        durationMs: GC_MS,
        exit: "OK",
        log: [`starting garbage collection on store ${store}`, "Start GC phase1 (mark used chunks)", "Start GC phase2 (sweep unused chunks)"],
      });
      datastore.gc = { ...datastore.gc, upid: gc.upid, endedAt: startedAt + GC_MS, durationMs: GC_MS };
    }
}

async function sweep(world: World, datastore: Datastore, upid: string, worker: PbsWorker): Promise<void> {
  const startedAt = world.clock.now();
  const { store, gc } = datastore;
  worker.log(`starting garbage collection on store ${store}`);
  worker.log("Start GC phase1 (mark used chunks)");
  await worker.sleep(GC_MS * 0.8);
  worker.log("Start GC phase2 (sweep unused chunks)");
  await worker.sleep(GC_MS * 0.2);
  Object.assign(gc, {
    upid,
    endedAt: world.clock.now(),
    durationMs: world.clock.now() - startedAt,
    removedBytes: gc.pendingBytes,
    removedChunks: gc.pendingChunks,
    pendingBytes: 0,
    pendingChunks: 0,
    state: "OK",
  });
}

/** Another house copies its backups here, each night: guests with numbers that mean other guests in this one. */
function cabinOf(world: World, storage: Storage): Backup[] {
  const day = Math.floor(world.clock.now() / DAY_MS) * DAY_MS;
  return CABIN_GUESTS.flatMap(({ vmid, kind, sizeBytes }) =>
    Array.from({ length: CABIN_NIGHTS }, (_, night): Backup => {
      const ctime = Math.floor((day - night * DAY_MS) / 1000);
      const volid = `${storage.name}:backup/${kind === "qemu" ? "vm" : "ct"}/${vmid}/${new Date(ctime * 1000).toISOString().slice(0, 19)}Z`;
      return { volid, vmid, kind, storage: storage.name, ctime, sizeBytes, notes: "cabin", verified: true };
    }),
  );
}

export function createPbs(world: World): Pbs {
  const tasks = createPbsTasks(world.clock, world.seed, PBS_NODE);
  const own = world.storages.filter((storage) => storage.seed.type === "pbs");
  const datastores = own.map((storage, index): Datastore => {
    const { used } = usageOf(world, storage, [...world.nodes.keys()][0] ?? "");
    const pendingBytes = Math.floor(used * 0.004);
    return {
      store: index === 0 ? "main" : storage.name,
      storage,
      others: new Map([[CABIN, index === 0 ? cabinOf(world, storage) : []]]),
      gc: { endedAt: 0, durationMs: GC_MS, removedBytes: 0, removedChunks: 0, pendingBytes, pendingChunks: Math.ceil(pendingBytes / CHUNK_BYTES), state: "OK" },
    };
  });
  const find = (store: string): Datastore | undefined => datastores.find((datastore) => datastore.store === store);
  const snapshots = (datastore: Datastore): Backup[] => world.backups.filter((backup) => backup.storage === datastore.storage.name);
  const base = { world, node: PBS_NODE, datastores, tasks, find, snapshots };
  remember(base);
  return {
    ...base,
    collect(datastore, user) {
      const task: PbsTask = tasks.start({
        type: "garbage_collection",
        id: datastore.store,
        user,
        work: async (worker) => {
          await Promise.resolve();
          await alone(datastore, task.upid, () => sweep(world, datastore, task.upid, worker));
        },
      });
      return task;
    },
    verify(datastore, user, only) {
      const chosen = only ? [only] : snapshots(datastore);
      return tasks.start({
        type: only ? "verify_snapshot" : "verificationjob",
        id: only ? `${datastore.store}:${only.kind === "qemu" ? "vm" : "ct"}/${only.vmid}` : `${datastore.store}:v-now`,
        user,
        async work(worker) {
          worker.log(`verify datastore ${datastore.store}`);
          await worker.sleep(only ? 40_000 : VERIFY_MS);
          for (const backup of chosen) backup.verified = !backup.damaged;
          const bad = chosen.filter((backup) => backup.damaged);
          for (const backup of bad) worker.log(`verify ${backup.volid.split(":backup/")[1]}/drive-scsi0.img.fidx failed: chunks could not be verified`);
          if (bad.length > 0) throw new Error("verification failed - please check the log for details");
          worker.log("verification finished successfully");
        },
      });
    },
  };
}
