// An API that has it hard, in a real house: while all nodes answer slowly fewer calls are made, it is told once, and all of it goes back by itself. Calls are counted where they arrive.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type House, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";

const SPEED = 5;
const MINUTE_MS = 60_000 / SPEED;
/** Of the lab's clock; on the wall a fifth of it, above what counts as slow and below what a call waits. */
const DELAY_SECONDS = 8.5;
const LONG_MS = 240_000;
const Requests = z.object({ requests: z.array(z.object({ seq: z.number(), path: z.string() })) });

let house: House;
const told = async (name: string): Promise<number> => {
  const token = readFileSync(join(house.folder, "cli.token"), "utf8").trim();
  const text = await (await fetch(`${house.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
  return Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`jarvis_proxmox_${name} `))
      ?.split(" ")[1] ?? Number.NaN,
  );
};
const isLevel = async (level: string): Promise<boolean> => (await told(`strain{level="${level}"}`)) === 1;
const counted = async (minutes: number): Promise<{ all: number; words: string }> => {
  const before = Requests.parse(await house.lab.requests()).requests.at(-1)?.seq ?? 0;
  await Bun.sleep(minutes * MINUTE_MS);
  const requests = Requests.parse(await house.lab.requests(before)).requests.filter(({ path }) => !path.startsWith("/containers"));
  const paths = Map.groupBy(requests, ({ path }) =>
    path
      .replace(/^\/api2\/json|\?.*/g, "")
      .replace(/\/\d+(?=\/|$)/, "/ID")
      .replace(/^\/nodes\/[^/]+/, "/nodes/N"),
  );
  return { all: requests.length / minutes, words: [...paths].map(([path, all]) => `${(all.length / minutes).toFixed(1)} ${path}`).join(", ") };
};
const notices = async (): Promise<string[]> =>
  (await house.rpc("feed.list", { limit: 100 })).entries.filter(({ kind }) => kind === "notice").map(({ at, words }) => `${at} ${words}`);

beforeAll(async () => {
  house = await startHouse({ speed: SPEED });
}, LONG_MS);
afterAll(async () => house?.stop());

test(
  "fewer calls while the API is slow, told once when it begins and once when it is over, and as before afterwards",
  async () => {
    // The first minute reads what is read once.
    await Bun.sleep(MINUTE_MS);
    await until(() => isLevel("calm"), { withinMs: 10 * MINUTE_MS, what: "a calm API after the start" });
    const calm = await counted(1);
    const before = (await notices()).length;
    expect(await told("call_budget")).toBe(30);
    for (const node of ["home", "pve", "agent1", "agent"]) await house.lab.break("api-slow", `node/${node}`, { seconds: DELAY_SECONDS });
    await until(() => isLevel("worn"), { withinMs: 6 * MINUTE_MS, what: "the worn API" });
    const worn = await counted(1);
    console.log(`calls a minute: ${calm.all.toFixed(1)} calm (${calm.words})\n${worn.all.toFixed(1)} worn (${worn.words})`);
    expect(worn.all).toBeLessThan(calm.all * 0.85);
    await house.lab.heal("api-slow");
    await until(() => isLevel("calm"), { withinMs: 10 * MINUTE_MS, what: "the calm API" });
    expect(await told("call_budget")).toBe(30);
    const since = async () => {
      const all = await notices();
      return all.slice(0, all.length - before).filter((one) => one.includes("Proxmox API answers"));
    };
    await until(async () => (await since()).some((one) => one.includes("as it should again")), { withinMs: 2 * MINUTE_MS, what: "the end of it being told" });
    console.log((await since()).join("\n"));
    expect((await since()).map((one) => one.includes("as it should again"))).toEqual([true, false]);
  },
  LONG_MS,
);
