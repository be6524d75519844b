// A core killed by a real SIGKILL while it acts on a real dockerd: each container is started again exactly once, by dockerd's own events.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import { type Dockerd, startDockerd } from "../support/dockerd.ts";
import { full, randomOf, shuffled } from "../support/seed.ts";
import { until } from "../support/until.ts";
import { dieAt, NEED_GRACE, POINTS, type Point, type World } from "./die-at.ts";
import { readJournal } from "./journal-file.ts";
import { type RelayedHouse, startRelayedHouse } from "./relayed-house.ts";
import { storyOf } from "./story.ts";

/** dockerd knows no other clock than the wall's, so the grace of 90 s and the gap of 5 minutes are real: only the full count waits for them. */
const SPEED = 1;
const TIMES: Readonly<Record<Point, number>> = full ? { sending: 2, lose: 2, late: 8, answer: 8, intent: 20 } : { sending: 0, lose: 0, late: 1, answer: 1, intent: 2 };
const SETTLE_MS = full ? 900_000 : 60_000;
/** Ends once, when told to; the next start finds nothing to end for. */
const UNTIL_CRASH = "rm -f /crash; while [ ! -e /crash ]; do sleep 0.2; done; rm -f /crash; exit 1";
/** Those that wait for their grace must stay few beside the others, or Jarvis rightly sees one cause and only watches. */
const BYSTANDERS = 8;

const Event = z.object({ Action: z.string(), id: z.string() });
const rounds = POINTS.flatMap((point) => Array.from({ length: TIMES[point] }, () => point));
const found = await startDockerd();
const docker = "docker" in found ? found.docker : undefined;

describe.skipIf(docker === undefined)("a core that dies acting on a real dockerd", () => {
  let house: RelayedHouse;
  const ids = new Map<string, string>();
  const engine = (): Dockerd => {
    if (!docker) throw new Error("no dockerd");
    return docker;
  };
  const idOf = (target: string): string => ids.get(target) ?? "";
  const world: World = { breakOne: (target) => engine().exec(idOf(target), "touch /crash"), idOf: async (target) => idOf(target) };
  let beganSeconds = 0;

  beforeAll(async () => {
    for (let index = 0; index < rounds.length + BYSTANDERS; index += 1) ids.set(`container/mgmt/box-${index}`, await engine().run(`box-${index}`, UNTIL_CRASH));
    house = await startRelayedHouse({ speed: SPEED, socket: engine().socket });
    await until(async () => (await house.rpc("state.get")).resources.filter(({ id, status }) => ids.has(id) && status === "up").length === ids.size, {
      withinMs: 60_000,
      what: "the containers to be seen",
    });
    // Events are asked for by whole seconds.
    const second = Math.floor(Date.now() / 1000) + 1;
    await until(() => Date.now() / 1000 > second, { what: "the next second" });
    beganSeconds = second;
  }, 300_000);
  afterAll(async () => {
    await house?.stop();
    await docker?.stop();
  }, 120_000);

  const settled = (targets: readonly string[]): Promise<unknown> =>
    until(
      async () => {
        const { calls } = await house.rpc("journal.list", { limit: 500 });
        const { incidents } = await house.rpc("incidents.list", { limit: 200 });
        return targets.every(
          (target) =>
            incidents.some(({ resource, status }) => resource === target && status === "resolved") && calls.every((call) => call.target !== target || call.endedAt !== undefined),
        );
      },
      { withinMs: SETTLE_MS, what: `${targets.join(", ")} to be well again` },
    ).catch(async (thrown) => {
      throw new Error(`${String(thrown)}\n${await storyOf(house, targets)}`);
    });

  test(
    `${rounds.length} deaths: every call ends once, every container is started once`,
    async () => {
      const targets = shuffled([...ids.keys()], randomOf("kill dockerd")).slice(0, rounds.length);
      for (const [index, point] of rounds.entries()) {
        const target = targets[index] ?? "";
        await dieAt(house, world, point, [target]);
        if (!NEED_GRACE.has(point)) await settled([target]);
      }
      await settled(targets);
      const { body } = await engine().call("GET", `/events?since=${beganSeconds}&until=${Math.ceil(Date.now() / 1000)}&filters=${encodeURIComponent('{"event":["start"]}')}`);
      const started = body.split("\n").flatMap((line) => (line.trim() === "" ? [] : [Event.parse(JSON.parse(line)).id]));
      expect(started.sort()).toEqual(targets.map(idOf).sort());
      expect(await house.stopCore()).toBe(0);
      const { breaks, calls } = readJournal(`${house.folder}/lab`);
      expect(breaks).toEqual([]);
      // dockerd's events have whole seconds and no names of who asked: one start of each is counted above.
      expect(calls.filter((call) => call.ends !== 1 || call.reports !== 1)).toEqual([]);
    },
    full ? 7_200_000 : 180_000,
  );
});
