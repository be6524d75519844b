// A week in which nothing is wrong: nightly backups, verification and garbage collection, snapshots before an update, a guest somebody restarts, moves and switches off, one rolling reboot, a scrub. No detector may raise anything over it.
import { runJob } from "../world/jobs/backup.ts";
import { quorumOf } from "../world/membership.ts";
import type { Guest, World } from "../world/state.ts";
import type { Scene, Stage } from "./stage.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NIGHTS = 7;
const JARVIS = 100;
const OWNER = "olli@pve";
const BOOT_PATIENCE_MS = 30 * 60_000;
const SCRUB_MS = 10 * 60_000;
const [MON, TUE, WED, THU, FRI, SAT, SUN] = [0, DAY_MS, 2 * DAY_MS, 3 * DAY_MS, 4 * DAY_MS, 5 * DAY_MS, 6 * DAY_MS] as const;

const at = (day: number, hour: number): number => day + hour * HOUR_MS;
const pathOf = (guest: Guest): string => `/nodes/${guest.node}/${guest.kind}/${guest.vmid}`;

/** As written the night's backups are long over by day; faster, a person waits for them: a guest that is being moved when its turn comes is a backup that failed. */
const backupsOver = ({ world }: Stage): boolean => !world.tasks.all().some(({ type, exit }) => type === "vzdump" && exit === undefined);

/** Runs for a guest of the home, if this world has it. */
async function withGuest(stage: Stage, vmid: number, act: (guest: Guest) => Promise<void>): Promise<void> {
  const guest = stage.world.guests.get(vmid);
  if (!guest) return;
  await stage.until(`guest ${vmid} idle`, () => !guest.lock && !guest.busy && backupsOver(stage), BOOT_PATIENCE_MS);
  await act(guest);
}

/** At the play's own speed the world's schedule makes them; faster than that the nights come here. */
async function nightlyBackups({ world, speed, note }: Stage): Promise<void> {
  if (speed > 1) for (const job of world.backupJobs) if (job.enabled) runJob(world, job);
  note("nightly backups");
}

/** Worlds whose backup server is still at the last night's work. */
const atWork = new WeakSet<World>();

/** As with the backups. It takes its time, and nobody waits for it; faster than written a night may come while it is still at the last one's, or at its own. */
async function nightlyPbs({ world, pbs, speed, note }: Stage): Promise<void> {
  if (speed === 1 || atWork.has(world) || pbs.datastores.some(({ lockedBy }) => lockedBy !== undefined)) return;
  atWork.add(world);
  const work = async (): Promise<void> => {
    for (const datastore of pbs.datastores) {
      const exits = [await pbs.verify(datastore, "root@pam").done, await pbs.collect(datastore, "root@pam").done];
      const bad = exits.find((exit) => exit !== "OK");
      note(`verification and garbage collection of ${datastore.store}`, bad);
    }
  };
  void work().finally(() => atWork.delete(world));
}

const SNAPSHOT = "before-update";
const takeSnapshots = async (stage: Stage): Promise<void> => {
  for (const vmid of [101, 110, 102])
    await withGuest(stage, vmid, (guest) => stage.as(OWNER, "POST", `${pathOf(guest)}/snapshot`, { snapname: SNAPSHOT, description: "before the update" }));
};
/** Where the day of the update is played as well. */
const dropSnapshots = async (stage: Stage): Promise<void> => {
  for (const vmid of [101, 110, 102])
    await withGuest(stage, vmid, async (guest) => {
      if (guest.snapshots.some(({ name }) => name === SNAPSHOT)) await stage.as(OWNER, "DELETE", `${pathOf(guest)}/snapshot/${SNAPSHOT}`);
    });
};

const settled = (world: World, node: string, ran: readonly Guest[]): boolean => {
  const one = world.nodes.get(node);
  return one?.power === "on" && quorumOf(world, one).quorate && ran.every((guest) => guest.status === "running" && !guest.busy);
};

/** One node after the other; the next only when the last is back with all that ran on it. */
async function rollingReboot(stage: Stage): Promise<void> {
  const { world } = stage;
  const own = world.guests.get(JARVIS)?.node;
  for (const node of [...world.nodes.values()].filter((one) => one.name !== own)) {
    const ran = [...world.guests.values()].filter((guest) => guest.node === node.name && guest.status === "running" && guest.config.onboot);
    await stage.until(`${node.name} idle`, () => ran.every((guest) => !guest.lock) && backupsOver(stage), BOOT_PATIENCE_MS);
    await stage.as("root@pam", "POST", `/nodes/${node.name}/status`, { command: "reboot" });
    await stage.until(`${node.name} down`, () => node.power !== "on", BOOT_PATIENCE_MS);
    await stage.until(`${node.name} back with its guests`, () => settled(world, node.name, ran), BOOT_PATIENCE_MS);
    stage.note(`${node.name} rebooted`);
  }
}

async function refreshPackages({ world, note }: Stage): Promise<void> {
  for (const node of world.nodes.values()) {
    if (node.power !== "on") continue;
    const task = world.tasks.start({
      node: node.name,
      type: "aptupdate",
      id: "",
      user: "root@pam",
      async work(worker) {
        worker.log("starting apt-get update");
        await worker.sleep(6_000);
        worker.log("Reading package lists...");
      },
    });
    await task.done;
  }
  note("package lists refreshed");
}

const restartOne = (stage: Stage): Promise<void> => withGuest(stage, 105, (guest) => stage.as(OWNER, "POST", `${pathOf(guest)}/status/reboot`));
const gamesNight = (stage: Stage): Promise<void> => withGuest(stage, 107, (guest) => stage.as(OWNER, "POST", `${pathOf(guest)}/status/start`));
const gamesOver = (stage: Stage): Promise<void> => withGuest(stage, 107, (guest) => stage.as(OWNER, "POST", `${pathOf(guest)}/status/stop`));

const moveOne = (stage: Stage): Promise<void> =>
  withGuest(stage, 109, async (guest) => {
    const home = guest.node;
    const away = [...stage.world.nodes.values()].find((node) => node.name !== home && node.power === "on" && node.seed.memoryGiB > 8);
    if (!away) return;
    await stage.as(OWNER, "POST", `${pathOf(guest)}/migrate`, { target: away.name, restart: 1 });
    await stage.as(OWNER, "POST", `${pathOf(guest)}/migrate`, { target: home, restart: 1 });
  });

async function scrub(stage: Stage): Promise<void> {
  for (const node of stage.world.nodes.values())
    for (const pool of node.machine.zfs) {
      const since = new Date(stage.world.clock.now()).toUTCString();
      pool.scan = `scrub in progress since ${since}`;
      await stage.sleep(SCRUB_MS);
      pool.scan = `scrub repaired 0B in 00:10:00 with 0 errors on ${new Date(stage.world.clock.now()).toUTCString()}`;
    }
  stage.note("scrub");
}

export const quietWeek: Scene[] = [
  ...Array.from({ length: NIGHTS }, (_, night): Scene[] => [
    { atMs: at(night * DAY_MS, 3), what: "nightly backups", act: nightlyBackups },
    { atMs: at(night * DAY_MS, 4.5), what: "verification and garbage collection", act: nightlyPbs },
    { atMs: at(night * DAY_MS, 6), what: "package lists", act: refreshPackages },
  ]).flat(),
  { atMs: at(MON, 19), what: "snapshots before an update", act: takeSnapshots },
  { atMs: at(TUE, 20), what: "somebody restarts a guest", act: restartOne },
  { atMs: at(WED, 19), what: "the snapshots are deleted", act: dropSnapshots },
  { atMs: at(THU, 20), what: "one rolling reboot", act: rollingReboot },
  { atMs: at(FRI, 19), what: "a machine for an evening", act: gamesNight },
  { atMs: at(FRI, 23), what: "the evening is over", act: gamesOver },
  { atMs: at(SAT, 14), what: "a container is moved and moved back", act: moveOne },
  { atMs: at(SUN, 12), what: "a scrub", act: scrub },
].sort((a, b) => a.atMs - b.atMs);
