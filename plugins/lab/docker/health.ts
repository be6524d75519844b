// The health checks of a running container: one every ten seconds, three failures in a row make it unhealthy. Tells events only when the word changes and the real engine would.
import { addCheck, type Box, CHECK_EVERY_MS, CHECK_RETRIES } from "./box.ts";
import { later, type World } from "./world.ts";

const CHECK_TAKES_MS = 40;

/** One check now: its events, its log, the streak and the word. */
export function checkOnce(world: World, box: Box): void {
  const health = box.health;
  if (health === undefined || box.status !== "running") return;
  const failed = box.sick !== "no";
  const nowMs = world.clock.now();
  const execID = world.random.hex(64);
  const words = `/bin/sh -c ${box.made.health}`;
  world.events.add(box, `exec_create: ${words}`, { execID });
  world.events.add(box, `exec_start: ${words}`, { execID });
  world.events.add(box, "exec_die", { execID, exitCode: failed ? "1" : "0" });
  addCheck(box, { startMs: nowMs - CHECK_TAKES_MS, endMs: nowMs, exitCode: failed ? 1 : 0, output: failed ? "connection timed out" : "" });
  health.streak = failed ? health.streak + 1 : 0;
  const word = failed ? (health.streak >= CHECK_RETRIES ? "unhealthy" : health.status) : "healthy";
  if (word === health.status) return;
  health.status = word;
  world.events.add(box, `health_status: ${word}`);
}

export function superviseHealth(world: World, box: Box): void {
  if (box.health === undefined) return;
  const next = (): void => {
    checkOnce(world, box);
    later(world, box, CHECK_EVERY_MS, next);
  };
  later(world, box, CHECK_EVERY_MS, next);
}
