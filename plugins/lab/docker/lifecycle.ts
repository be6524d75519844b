// What happens to a container: start, stop, kill, restart, crash, in the order and with the events of the real engine. It decides nothing about HTTP and answers "same" where there was nothing to do.
import { addLog, type Box, isUp } from "./box.ts";
import { superviseHealth } from "./health.ts";
import { endTimers, later, type World } from "./world.ts";

const RESTART_FIRST_MS = 100;
const RESTART_LONGEST_MS = 60_000;
const DOOMED_LIFE_MS = 200;
const SIGNAL_KILL = 9;
const SIGNAL_TERM = 15;

function begin(world: World, box: Box): void {
  endTimers(box);
  world.events.network(box, "connect");
  Object.assign(box, { status: "running", pid: world.random.whole(30_000, 60_000), exitCode: 0, oomKilled: false, paused: false, startedMs: world.clock.now() });
  if (box.sick === "until-restart") box.sick = "no";
  if (box.made.health !== undefined) box.health = { status: "starting", streak: 0, log: [] };
  for (const text of box.made.hello) addLog(box, { atMs: world.clock.now(), stream: 1, text });
  world.events.add(box, "start");
  superviseHealth(world, box);
  const doom = box.doomed;
  if (doom === undefined) return;
  box.doomed = doom.starts > 1 ? { starts: doom.starts - 1, exitCode: doom.exitCode } : undefined;
  later(world, box, DOOMED_LIFE_MS, () => crash(world, box, { exitCode: doom.exitCode }));
}

function end(world: World, box: Box, exitCode: number, oomKilled = false): void {
  endTimers(box);
  Object.assign(box, { status: "exited", pid: 0, paused: false, exitCode, oomKilled, finishedMs: world.clock.now() });
  // The real engine's health monitor leaves this word behind on a container whose check was cut off.
  if (box.health) box.health.status = "unhealthy";
  world.events.add(box, "die", { exitCode: String(exitCode) });
  world.events.network(box, "disconnect");
  for (const follower of box.followers) follower(undefined);
}

export function start(world: World, box: Box): "done" | "same" {
  if (isUp(box)) return "same";
  box.restartCount = 0;
  begin(world, box);
  return "done";
}

/** SIGTERM, then SIGKILL after the grace; `stop` is told last. */
export async function stop(world: World, box: Box, graceMs: number): Promise<"done" | "same"> {
  if (box.status !== "running" && box.status !== "restarting") return "same";
  if (box.status === "restarting") {
    endTimers(box);
    box.status = "exited";
    world.events.add(box, "stop");
    return "done";
  }
  box.doomed = undefined;
  world.events.add(box, "kill", { signal: String(SIGNAL_TERM) });
  addLog(box, { atMs: world.clock.now(), stream: 2, text: "received SIGTERM, shutting down" });
  const inTime = box.made.stopMs <= graceMs;
  const process = box.startedMs;
  await world.clock.sleep(Math.min(box.made.stopMs, graceMs));
  if (box.startedMs !== process || !isUp(box)) return "done";
  if (!inTime) world.events.add(box, "kill", { signal: String(SIGNAL_KILL) });
  end(world, box, inTime ? box.made.exitOnTerm : 128 + SIGNAL_KILL);
  world.events.add(box, "stop");
  return "done";
}

export async function restart(world: World, box: Box, graceMs: number): Promise<void> {
  await stop(world, box, graceMs);
  if (!isUp(box)) start(world, box);
  world.events.add(box, "restart");
}

/** A signal from outside. Only 9 and 15 end the process; the others are told and shrugged off. */
export function kill(world: World, box: Box, signal: number): void {
  world.events.add(box, "kill", { signal: String(signal) });
  if (signal !== SIGNAL_KILL && signal !== SIGNAL_TERM) return;
  box.doomed = undefined;
  end(world, box, signal === SIGNAL_KILL ? 128 + SIGNAL_KILL : box.made.exitOnTerm);
}

/** The process ends by itself: `die` alone, with `oom` before it when the kernel did it. The restart policy then has its say. */
export function crash(world: World, box: Box, how: { exitCode: number; oom?: boolean }): void {
  if (!isUp(box)) return;
  addLog(box, { atMs: world.clock.now(), stream: 2, text: how.oom ? "Killed" : box.made.last });
  if (how.oom) world.events.add(box, "oom");
  end(world, box, how.exitCode, how.oom ?? false);
  const { name, retries } = box.made.restart;
  if (name === "no" || (name === "on-failure" && box.restartCount >= retries)) return;
  box.status = "restarting";
  box.restartCount += 1;
  later(world, box, Math.min(RESTART_LONGEST_MS, RESTART_FIRST_MS * 2 ** (box.restartCount - 1)), () => begin(world, box));
}

/** Freezes and thaws it; answers "same" where it is so already. */
export function pause(world: World, box: Box, paused: boolean): "done" | "same" {
  if (box.paused === paused) return "same";
  box.paused = paused;
  world.events.add(box, paused ? "pause" : "unpause");
  return "done";
}

/** Takes the process down at once, as a forced removal does. */
export function destroy(world: World, box: Box): void {
  if (isUp(box)) kill(world, box, SIGNAL_KILL);
  endTimers(box);
  world.events.add(box, "destroy");
}
