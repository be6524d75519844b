// A week in which nothing is wrong, lived by a whole house at high speed: nightly backups, snapshots, a guest restarted and moved, one rolling reboot, a scrub. Not one incident, not one word of a failure.
// In the ordinary run some of its days, from the printed seed; the whole week with JARVIS_TEST_FULL=1.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { z } from "zod";
import { eyesOn, without } from "../support/house-eyes.ts";
import { type House, startHouse } from "../support/living-house.ts";
import { full, randomOf, seed, shuffled } from "../support/seed.ts";
import { until } from "../support/until.ts";

const SPEED = 15;
/** Times as fast as it was written, beside the clock's own speed; what machines do keeps its pace. */
const PLAY_SPEED = full ? 60 : 120;
const DAYS = [0, 1, 2, 3, 4, 5, 6];
const SOME_DAYS = 1;
const WITHIN_MS = full ? 1_200_000 : 180_000;
/** Of the clock: what the last scene did has its turn at every detector that asks for minutes of standing. */
const AFTERWARDS_MS = 3 * 60_000;
const DIALECTS = ["9.1", "8.4"] as const;

const random = randomOf("quiet week");
const dialect = DIALECTS[seed % DIALECTS.length] ?? "9.1";
const days = full ? DAYS : shuffled(DAYS, random).slice(0, SOME_DAYS).sort();

const Playing = z.object({
  playing: z.object({
    scenes: z.number(),
    played: z.number(),
    state: z.string(),
    notes: z.array(z.object({ time: z.string(), what: z.string(), ok: z.boolean(), error: z.string().optional() })),
  }),
});

let house: House;

beforeAll(async () => {
  house = await startHouse({ speed: SPEED, seed, labArgs: ["--dialect", dialect], config: without("lab") });
  await eyesOn(house).guestsSeen();
}, 90_000);
afterAll(() => house?.stop());

const played = async () => Playing.parse(await (await fetch(`${house.lab.line.control}/play`)).json()).playing;
const clockMs = async (): Promise<number> => Date.parse((await house.rpc("time.sync")).time);

test(
  `days ${days.join(", ")} of a quiet week raise nothing (Proxmox VE ${dialect})`,
  async () => {
    const eyes = eyesOn(house);
    await house.lab.post("/play", { name: "quiet-week", speed: PLAY_SPEED, days });
    const told = new Set<string>();
    let play = await played();
    await until(
      async () => {
        play = await played();
        for (const { alert, title, cause } of (await house.rpc("incidents.list", { limit: 500 })).incidents) {
          const words = `${alert}: ${title} (${cause.kind}: ${cause.words})`;
          if (!told.has(words)) console.log(`${new Date(await clockMs()).toISOString()} after ${play.notes.at(-1)?.what}: ${words}`);
          told.add(words);
        }
        await Bun.sleep(200);
        return play.state !== "playing";
      },
      { withinMs: WITHIN_MS, what: "the end of the quiet week" },
    );
    const endMs = (await clockMs()) + AFTERWARDS_MS;
    await until(async () => (await clockMs()) > endMs, { withinMs: AFTERWARDS_MS, what: "the time after" });
    expect(play.notes.filter(({ ok }) => !ok)).toEqual([]);
    expect([play.state, play.played]).toEqual(["played", play.scenes]);
    const { incidents } = await house.rpc("incidents.list", { limit: 500 });
    expect(incidents.map(({ alert, title, cause }) => `${alert}: ${title} (${cause.kind}: ${cause.words})`)).toEqual([]);
    // Nothing was done either: what a person stops or moves is that person's.
    expect((await eyes.ownEffects()).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  },
  WITHIN_MS + 120_000,
);
