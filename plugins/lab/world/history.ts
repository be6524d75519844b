// What happened before the lab began: the nightly backups, who stopped which guest, daily chores, and a few routine lines in every journal.
import { randomOf } from "../random.ts";
import { recallBackups } from "./jobs/past-runs.ts";
import { guestsOn } from "./load.ts";
import type { World } from "./state.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const NIGHTS = 6;
const LOGGED_TASKS = 40;
const REMEMBERED_STARTS = 25;
const ROUTINE_EVERY_MS = 10 * MINUTE_MS;

function stops(world: World, now: number): void {
  for (const guest of world.guests.values()) {
    const stopped = guest.seed.stopped;
    if (!stopped || guest.status === "running") continue;
    const at = now - stopped.hoursAgo * HOUR_MS;
    const type = guest.kind === "qemu" ? "qmstop" : "vzstop";
    const task = world.tasks.past({ node: guest.node, type, id: String(guest.vmid), user: stopped.by, startedAt: at, durationMs: 1_400, exit: "OK", log: [] });
    guest.lastStop = { at, how: "stop", upid: task.upid };
  }
}

function chores(world: World, now: number): void {
  for (const node of world.nodes.values()) {
    const random = randomOf(world.seed, `chores/${node.name}`);
    for (let day = NIGHTS; day >= 0; day--) {
      const startedAt = now - day * 24 * HOUR_MS - random.between(5, 7) * HOUR_MS;
      world.tasks.past({
        node: node.name,
        type: "aptupdate",
        id: "",
        user: "root@pam",
        startedAt,
        durationMs: 6_000,
        exit: "OK",
        log: ["starting apt-get update", "Reading package lists..."],
      });
    }
    const boots = guestsOn(world, node.name)
      .filter((guest) => guest.startedAt > 0)
      .sort((a, b) => b.startedAt - a.startedAt)
      .slice(0, REMEMBERED_STARTS);
    for (const guest of boots) {
      const user = guest.ha ? "root@pam" : random.pick(["root@pam", "olli@pve"]);
      world.tasks.past({
        node: node.name,
        type: guest.kind === "qemu" ? "qmstart" : "vzstart",
        id: String(guest.vmid),
        user,
        startedAt: guest.startedAt - 1_500,
        durationMs: 1_500,
        exit: "OK",
        log: guest.ha ? ["task started by HA resource agent"] : [],
      });
    }
  }
}

/** The cluster log remembers the newest of what ran. */
function logged(world: World): void {
  const newest = world.tasks.all().slice(0, LOGGED_TASKS).reverse();
  for (const task of newest) {
    const about = { node: task.node, pid: world.nodes.get(task.node)?.pids.pvedaemon ?? task.pid, user: task.user };
    world.log.add({ ...about, time: task.starttime, msg: `starting task ${task.upid}` });
    world.log.add({ ...about, time: task.endtime ?? task.starttime, msg: `end task ${task.upid} ${task.exit}` });
  }
}

function routineLine(world: World, node: string, at: number): string {
  const random = randomOf(world.seed, `routine/${node}/${Math.floor(at / ROUTINE_EVERY_MS)}`);
  const pid = random.whole(20_000, 900_000);
  return random.pick([
    `CRON[${pid}]: (root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)`,
    `pmxcfs[${random.whole(700, 999)}]: [status] notice: received log`,
    `smartd[${random.whole(600, 699)}]: Device: /dev/sda [SAT], SMART Usage Attribute: 194 Temperature_Celsius changed from ${random.whole(64, 70)} to ${random.whole(64, 70)}`,
    `systemd[1]: Started sysstat-collect.service - system activity accounting tool.`,
    `pveproxy[${pid}]: worker exit`,
    `chronyd[${random.whole(600, 699)}]: Selected source 192.168.1.1`,
    `rrdcached[${random.whole(700, 799)}]: flushing old values`,
  ]);
}

/** Fills in the past; afterwards every journal goes on by itself with a routine line now and then. */
export function recall(world: World): () => void {
  const now = world.clock.now();
  chores(world, now);
  recallBackups(world, now);
  stops(world, now);
  logged(world);
  const endings = [...world.nodes.keys()].map((node) => {
    for (let at = now - 3 * HOUR_MS; at < now; at += ROUTINE_EVERY_MS) world.journals.add(node, routineLine(world, node, at), at);
    return world.clock.every(ROUTINE_EVERY_MS, () => world.journals.add(node, routineLine(world, node, world.clock.now())));
  });
  return () => {
    for (const stop of endings) stop();
  };
}
