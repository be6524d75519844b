// A core killed by SIGKILL while four kinds of acts are under way: at every crash point, on both sides of every fsync of the journal, and at random times under load. Lost, done twice, not on record, said and not so: none.
// The whole is 100 deaths at each for each kind and 1,000 random ones (JARVIS_TEST_FULL=1); JARVIS_KILLS=200 draws so many of them by the seed, so that it can be run in parts.
import { afterEach, describe, expect, test } from "bun:test";
import { full, randomOf, shuffled } from "../support/seed.ts";
import { until } from "../support/until.ts";
import { account, CLEAN, effectsOf } from "./account.ts";
import { createActs, KINDS, type Kind } from "./acts.ts";
import { dieAtFsync, dieAtPoint, FSYNCS, POINTS, type Point, SIDES, startLoad } from "./deaths.ts";
import { integrityOf, lastWritten, readJournal } from "./journal-file.ts";
import { ALLOWED, type RelayedHouse, startRelayedHouse } from "./relayed-house.ts";
import { storyOf } from "./story.ts";
import { straceMissing } from "./strace.ts";

const SPEED = 20;
const EACH = 100;
const RANDOM = 1000;
const SAMPLE = { points: 2, fsyncs: 2, random: 3 };
const IN_A_HOUSE = 40;
const SETTLE_MS = 120_000;
/** D2: a start is through by then at the 99th of a hundred. */
const START_MS = 5000;
const LONGEST_LIFE_MS = 1500;

type Death =
  | { readonly at: "point"; readonly point: Point }
  | { readonly at: "fsync"; readonly kind: Kind; readonly nth: number; readonly side: (typeof SIDES)[number] }
  | { readonly at: "random" };

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
const random = randomOf("kill anywhere");
const noTrace = straceMissing();
const points = times(EACH, () => POINTS.map((point): Death => ({ at: "point", point }))).flat();
const fsyncs = noTrace
  ? []
  : times(EACH, () => KINDS.flatMap((kind) => SIDES.flatMap((side) => FSYNCS.map((_, index): Death => ({ at: "fsync", kind, nth: index + 1, side }))))).flat();
const anyTime = times(RANDOM, (): Death => ({ at: "random" }));

const drawn = (): Death[] => {
  const asked = Number(process.env.JARVIS_KILLS ?? 0);
  if (asked > 0) return shuffled([...points, ...fsyncs, ...anyTime], random).slice(0, asked);
  if (full) return shuffled([...points, ...fsyncs, ...anyTime], random);
  return [...shuffled(points, random).slice(0, SAMPLE.points), ...shuffled(fsyncs, random).slice(0, SAMPLE.fsyncs), ...anyTime.slice(0, SAMPLE.random)];
};

const deaths = drawn();
const houses = Array.from({ length: Math.ceil(deaths.length / IN_A_HOUSE) }, (_, index) => deaths.slice(index * IN_A_HOUSE, (index + 1) * IN_A_HOUSE));
const tally = new Map<string, number>();
const starts: number[] = [];

let standingHouse: RelayedHouse | undefined;
afterEach(async () => standingHouse?.stop(), 60_000);

const settled = (house: RelayedHouse): Promise<unknown> =>
  until(async () => (await house.rpc("journal.list", { limit: 1000 })).calls.every(({ endedAt }) => endedAt !== undefined), {
    withinMs: SETTLE_MS,
    what: "every call to have ended",
  }).catch(async (thrown) => {
    throw new Error(`${String(thrown)}\n${await storyOf(house, [])}`);
  });

/** As the death left them, before the next start mends anything; and how long that start took. */
const watched = (house: RelayedHouse): RelayedHouse => {
  const start = house.startCore;
  const startCore = async (): Promise<void> => {
    for (const name of ["journal.db", "jarvis.db"] as const) expect(integrityOf(house.data() || `${house.folder}/lab`, name)).toBe("ok");
    const began = performance.now();
    await start();
    starts.push(performance.now() - began);
  };
  return { ...house, startCore };
};

const count = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);

describe.each(houses.map((list, index): [number, Death[]] => [index + 1, list]))("house %d", (number, list) => {
  test(
    `${list.length} deaths: nothing lost, nothing done twice, nothing off the record, nothing claimed that is not so`,
    async () => {
      standingHouse = await startRelayedHouse({ speed: SPEED, seed: number, mayAll: true });
      const house = watched(standingHouse);
      const data = house.data();
      const told = new Map<string, string>();
      const scene = { house, acts: createActs(house), told };
      for (const death of list) {
        if (death.at === "random") continue;
        if (death.at === "point") await dieAtPoint(scene, death.point);
        else await dieAtFsync(scene, death.kind, death.nth, death.side);
        count(death.at === "point" ? `${death.point} x 4 kinds` : `${death.side} fsync of ${FSYNCS[death.nth - 1]}, ${death.kind}`);
        await settled(house);
      }
      const load = startLoad(scene);
      for (const _ of list.filter(({ at }) => at === "random")) {
        await Bun.sleep(random() * LONGEST_LIFE_MS);
        await house.killCore();
        count(`random, last written ${lastWritten(data)}`);
        await house.startCore();
      }
      await load.stop();
      await settled(house);
      expect(await house.stopCore()).toBe(0);
      const effects = effectsOf(await house.lab.effects()).filter(({ user, path }) => user === ALLOWED || (user === "docker" && !path.includes("/stop")));
      const { breaks, calls } = readJournal(data);
      expect(breaks).toEqual([]);
      expect(account({ calls, effects, told })).toEqual(CLEAN);
      const ends = Map.groupBy(calls, ({ state, rule }) => (state === "refused" || state === "aborted" ? `${state} ${rule}` : state));
      console.log(`house ${number}: ${effects.length} effects, ${told.size} acknowledged; ${[...ends].map(([state, all]) => `${all.length} ${state}`).join(", ")}`);
    },
    full || process.env.JARVIS_KILLS ? 3_600_000 : 120_000,
  );
});

test("the next core starts in time", () => {
  const sorted = starts.toSorted((a, b) => a - b);
  console.log(`${starts.length} starts: p50 ${sorted[Math.floor(sorted.length / 2)]?.toFixed(0)} ms, max ${sorted.at(-1)?.toFixed(0)} ms`);
  for (const [what, many] of [...tally].sort()) console.log(`  ${many} ${what}`);
  expect(sorted[Math.ceil(sorted.length * 0.99) - 1]).toBeLessThan(START_MS);
});
