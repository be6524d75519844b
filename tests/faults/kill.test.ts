// A core killed by a real SIGKILL anywhere on an act's way: every call ends once, no fault is left standing, and none is fixed twice. Counted from outside, in the lab's book.
import { afterEach, describe, expect, test } from "bun:test";
import { full, randomOf, shuffled } from "../support/seed.ts";
import { until } from "../support/until.ts";
import { account, CLEAN, effectsOf, standing } from "./account.ts";
import { dieAt, labWorld, NEED_GRACE, POINTS, type Point } from "./die-at.ts";
import { readJournal } from "./journal-file.ts";
import { type RelayedHouse, startRelayedHouse } from "./relayed-house.ts";
import { storyOf } from "./story.ts";

/** The grace of 90 s and the remedy's gap of 5 minutes pass at this rate; a request's 10 s still are 800 ms. */
const SPEED = 12;
const HOUSES = full ? 7 : 1;
/** Kills of each kind in one house; the four on the wire together are "between sending and the reply". */
const TIMES: Readonly<Record<Point, number>> = full ? { sending: 2, lose: 1, late: 1, answer: 2, intent: 3 } : { sending: 1, lose: 1, late: 1, answer: 1, intent: 1 };
const SETTLE_MS = 120_000;

/** Unprotected, not HA-managed, nobody depends on them: each meets one kill, so that no budget has to be raised. */
const GUESTS = [101, 102, 105, 106, 108, 109, 110, 111, 112, 113, 114, 115].map((vmid) => `guest/${vmid}`);
const CONTAINERS = "grafana guacamole guacd guacamole-db portainer uptime-kuma node-exporter cadvisor code-server open-webui dozzle ntfy"
  .split(" ")
  .map((name) => `container/mgmt/${name}`);

const random = randomOf("kill");
let standingHouse: RelayedHouse | undefined;
afterEach(async () => standingHouse?.stop(), 60_000);

const settled = (house: RelayedHouse, targets: readonly string[]): Promise<unknown> =>
  until(
    async () => {
      const state = await house.lab.state();
      const { calls } = await house.rpc("journal.list", { limit: 500 });
      const { incidents } = await house.rpc("incidents.list", { limit: 200 });
      const ended = calls.every((call) => call.endedAt !== undefined || !targets.includes(call.target ?? ""));
      const told = targets.every((target) => incidents.some((incident) => incident.resource === target && incident.status === "resolved"));
      return ended && told && targets.every((target) => standing(state, target));
    },
    { withinMs: SETTLE_MS, what: `${targets.join(", ")} to run again and every call on them to have ended` },
  ).catch(async (thrown) => {
    throw new Error(`${String(thrown)}\n${await storyOf(house, targets)}`);
  });

describe.each(Array.from({ length: HOUSES }, (_, index) => index + 1))("house %d", (number) => {
  test("killed at every point: each call ends exactly once, each fault is fixed exactly once", async () => {
    const house = await startRelayedHouse({ speed: SPEED, seed: number });
    standingHouse = house;
    const guests = shuffled(GUESTS, random);
    const containers = shuffled(CONTAINERS, random);
    const rounds = POINTS.flatMap((point) => Array.from({ length: TIMES[point] }, () => point));
    const broken: string[] = [];
    for (const [index, point] of rounds.entries()) {
      const targets = [guests[index] ?? "", containers[index] ?? ""];
      broken.push(...targets);
      await dieAt(house, labWorld(house), point, targets).catch(async (thrown) => {
        throw new Error(`${number}.${index} ${point}: ${String(thrown)}\n${await storyOf(house, broken)}`);
      });
      if (!NEED_GRACE.has(point)) await settled(house, targets);
    }
    await settled(house, broken);
    const effects = effectsOf(await house.lab.effects()).filter(({ user }) => user === "docker" || user.startsWith("jarvis@pve!"));
    expect(effects.map(({ target }) => target).sort()).toEqual(broken.toSorted());
    expect(await house.stopCore()).toBe(0);
    const { breaks, calls } = readJournal(house.folder.concat("/lab"));
    expect(breaks).toEqual([]);
    expect(account({ calls, effects, told: new Map() })).toEqual(CLEAN);
    for (const target of broken) {
      const own = calls.filter((call) => call.target === target && call.state !== "aborted" && call.state !== "refused");
      const told = own.map(({ state, text }) => `${state}: ${text ?? ""}`);
      // What had its effect may never be told as not applied; what came before it was.
      expect(told, target).toEqual([...own.slice(1).map(() => expect.stringContaining("It was never applied")), expect.stringMatching(/^succeeded: /)]);
    }
  }, 300_000);
});
