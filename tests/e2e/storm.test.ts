// A stormy hour in a living house: the guests crash within ten seconds of the clock. At most five incidents stand open, Jarvis only watches while so much is wrong, and what is healed is over.
// Thirty guests and a minute in the ordinary run; five hundred and twenty minutes with JARVIS_TEST_FULL=1.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { z } from "zod";
import { STORM_ALERT } from "../../core/incidents/storm.ts";
import { eyesOn, without } from "../support/house-eyes.ts";
import { type House, startHouse } from "../support/living-house.ts";
import { full, seed } from "../support/seed.ts";
import { until } from "../support/until.ts";

const [SPEED, MANY, LASTS_MS] = full ? [5, 500, 1_200_000] : [10, 30, 50_000];
/** Of the house itself there are some beside. */
const MORE = full ? 500 : 15;
const MOST_AT_ONCE = 5;
const LOOK_MS = 250;
const JARVIS = 100;
const PATIENCE_MS = 60_000;
const Truth = z.looseObject({ time: z.string(), guests: z.array(z.looseObject({ vmid: z.number(), status: z.string() })) });

let house: House;
let eyes: ReturnType<typeof eyesOn>;
const truth = async () => Truth.parse(await house.lab.state());
const running = async (): Promise<number[]> => (await truth()).guests.filter(({ vmid, status }) => vmid !== JARVIS && status === "running").map(({ vmid }) => vmid);
const clockMs = async (): Promise<number> => Date.parse((await truth()).time);
const open = async () => (await house.rpc("incidents.list", { limit: 500 })).incidents.filter(({ status }) => status !== "resolved");

beforeAll(async () => {
  house = await startHouse({ speed: SPEED, seed, config: without("lab"), labArgs: ["--dialect", "9.1", "--guests", String(MORE)] });
  eyes = eyesOn(house);
  const wanted = (await running()).length;
  const seen = async (): Promise<boolean> => (await house.rpc("state.get")).resources.filter(({ kind, status }) => kind === "guest" && status === "up").length >= wanted;
  await until(seen, { withinMs: PATIENCE_MS, what: "the guests to be seen" });
}, 120_000);
afterAll(async () => house?.stop());

test(
  `${MANY} crashes within 10 s are at most five incidents and no act that its budget does not allow`,
  async () => {
    const targets = (await running()).slice(0, MANY);
    expect(targets.length).toBe(MANY);
    const before = (await eyes.ownEffects()).length;
    const beganMs = await clockMs();
    await Promise.all(targets.map((vmid) => house.lab.break("guest-crash", `guest/${vmid}`)));
    const tookMs = (await clockMs()) - beganMs;
    let most: Awaited<ReturnType<typeof open>> = [];
    while ((await clockMs()) - beganMs < LASTS_MS) {
      const now = await open();
      if (now.length > most.length) most = now;
      await Bun.sleep(LOOK_MS);
    }
    const acts = (await eyes.ownEffects()).slice(before);
    const each = Map.groupBy(acts, ({ target }) => target);
    console.log(`${MANY} crashes in ${(tookMs / 1000).toFixed(1)} s: at most ${most.length} incidents at once, ${acts.length} acts on ${each.size} guests in ${LASTS_MS / 1000} s`);
    if (most.length > MOST_AT_ONCE)
      throw new Error(
        `too many incidents stood open: ${JSON.stringify(
          most.map(({ alert, status, openedAt, words }) => [alert, status, openedAt, words]),
          undefined,
          1,
        )}`,
      );
    expect((await open()).some(({ alert }) => alert === STORM_ALERT)).toBe(true);
    // What is told first is begun before anybody knows that it is a storm: then Jarvis only watches.
    expect(acts.length).toBeLessThanOrEqual(MOST_AT_ONCE);
    expect([...each.values()].every((own) => own.length === 1)).toBe(true);
    await house.lab.heal();
    await until(async () => (await open()).length === 0, { withinMs: PATIENCE_MS, what: "the end of the storm" });
  },
  full ? 900_000 : 120_000,
);
