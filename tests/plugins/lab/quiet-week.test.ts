// The quiet week is played to its end: everything in it goes well, and what it leaves is a house in order with fresh backups.
import { expect, test } from "bun:test";
import { allRoutes } from "../../../plugins/lab/api/all.ts";
import { handClock } from "../../../plugins/lab/clock.ts";
import { createTickets } from "../../../plugins/lab/front/credential.ts";
import { createDispatch } from "../../../plugins/lab/front/dispatch.ts";
import { makeSecrets } from "../../../plugins/lab/keep.ts";
import { createPbs } from "../../../plugins/lab/pbs/state.ts";
import { createPlays } from "../../../plugins/lab/play/plays.ts";
import { createWorld } from "../../../plugins/lab/world/create.ts";
import { home } from "../../../plugins/lab/world/home/home.ts";

const START_MS = Date.UTC(2026, 10, 23);
const HOUR_MS = 3_600_000;

function open() {
  const clock = handClock(START_MS);
  const secrets = makeSecrets();
  const life = createWorld({ input: home, clock, seed: 3, dialect: "9.1", secrets });
  const pbs = createPbs(life.world);
  const dispatch = createDispatch(life, allRoutes(createTickets(life.world, secrets.ticketKey), life.world.dialect));
  return { clock, world: life.world, plays: createPlays(life.world, pbs, dispatch), close: life.stop };
}

for (const speed of [60, 1])
  test(`a quiet week at ${speed} times: every scene goes well and the house is as it was`, async () => {
    const { clock, world, plays, close } = open();
    const running = () => [...world.guests.values()].filter((guest) => guest.status === "running").map((guest) => guest.vmid);
    const before = running();
    const boots = new Map([...world.nodes.values()].map((node) => [node.name, node.bootedAt]));
    plays.play("quiet-week", speed);
    for (let hour = 0; hour < 200 && plays.current()?.state === "playing"; hour++) await clock.advance(HOUR_MS);
    const played = plays.current();
    expect(played?.notes.filter((note) => !note.ok)).toEqual([]);
    expect([played?.state, played?.played]).toEqual(["played", played?.scenes]);
    expect(running()).toEqual(before);
    expect([...world.nodes.values()].filter((node) => node.bootedAt !== boots.get(node.name)).length).toBe(world.nodes.size - 1);
    expect([...world.guests.values()].flatMap((guest) => guest.snapshots.filter((one) => one.name === "before-update"))).toEqual([]);
    expect([...world.guests.values()].filter((guest) => guest.lock)).toEqual([]);
    const failed = world.tasks.all().filter((task) => task.starttime * 1000 >= START_MS && task.exit !== undefined && task.exit !== "OK" && !task.exit.startsWith("WARNINGS"));
    expect(failed.map((task) => `${task.upid} ${task.exit}`)).toEqual([]);
    const newest = Math.max(...world.backups.filter((backup) => backup.vmid === 101).map((backup) => backup.ctime));
    expect(clock.now() / 1000 - newest).toBeLessThan(30 * 3_600);
    close();
  }, 60_000);

test.each([0, 1, 2, 3, 4, 5, 6])(
  "day %i alone, as fast as it goes: no task of it fails, whatever else is still at work",
  async (day) => {
    const { clock, world, plays, close } = open();
    plays.play("quiet-week", 120, [day]);
    for (let minute = 0; minute < 600 && plays.current()?.state === "playing"; minute++) await clock.advance(HOUR_MS / 60);
    expect(plays.current()?.notes.filter((note) => !note.ok)).toEqual([]);
    const failed = world.tasks.all().filter((task) => task.starttime * 1000 >= START_MS && task.exit !== undefined && task.exit !== "OK" && !task.exit.startsWith("WARNINGS"));
    expect(failed.map((task) => `${task.upid} ${task.exit}`)).toEqual([]);
    close();
  },
  60_000,
);

test("an unknown play is named with the nearest, a second one waits for the first", () => {
  const { plays, close } = open();
  expect(() => plays.play("quiet-weak")).toThrow("nearest: quiet-week");
  expect(() => plays.play("quiet-week", 1_000)).toThrow("1 to 120 times");
  plays.play("quiet-week");
  expect(() => plays.play("quiet-week")).toThrow("is playing");
  plays.stop();
  close();
});

test("some of its days are played one after the other; a day it does not have is refused", async () => {
  const { clock, plays, close } = open();
  expect(() => plays.play("quiet-week", 120, [7])).toThrow("0 to 6");
  expect(() => plays.play("quiet-week", 120, [])).toThrow("0 to 6");
  plays.play("quiet-week", 120, [5, 1]);
  for (let step = 0; step < 60 && plays.current()?.state === "playing"; step++) await clock.advance(60_000);
  const whats = plays.current()?.notes.map(({ what }) => what) ?? [];
  expect(plays.current()?.state).toBe("played");
  expect(whats.filter((what) => what === "nightly backups").length).toBe(2);
  expect(whats.findIndex((what) => what.endsWith("/105/status/reboot"))).toBeLessThan(whats.findIndex((what) => what.endsWith("/109/migrate")));
  expect(whats.some((what) => what.includes("rebooted"))).toBe(false);
  close();
}, 60_000);

test("each of its days can be played alone, without what the day before made", async () => {
  for (const day of [0, 1, 2, 3, 4, 5, 6]) {
    const { clock, plays, close } = open();
    plays.play("quiet-week", 120, [day]);
    for (let step = 0; step < 60 && plays.current()?.state === "playing"; step++) await clock.advance(60_000);
    expect(plays.current()?.notes.filter((note) => !note.ok)).toEqual([]);
    close();
  }
}, 60_000);
