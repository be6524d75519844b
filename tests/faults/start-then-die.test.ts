// A guest whose start task ends well and which is dead 3 s later: the act failed, the incident is not fixed, and the next try waits its turn.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type House, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";
import { effectsOf, standing } from "./account.ts";
import { storyOf } from "./story.ts";

const TARGET = "guest/105";
const GAP_MS = 5 * 60_000;
let house: House;
beforeAll(async () => {
  house = await startHouse({ speed: 25 });
  await until(async () => (await house.rpc("state.get")).resources.filter(({ kind, status }) => kind === "guest" && status === "up").length > 10, {
    withinMs: 30_000,
    what: "the guests to be seen",
  });
}, 60_000);
afterAll(async () => house?.stop(), 30_000);

const calls = async () => (await house.rpc("journal.list", { limit: 500 })).calls.filter((call) => call.target === TARGET);
const sent = async () => (await calls()).filter((call) => call.state !== "refused");
const incidents = async () => (await house.rpc("incidents.list", { limit: 100 })).incidents.filter(({ resource }) => resource === TARGET);
const feed = async () => (await house.rpc("feed.list")).entries.filter(({ resource }) => resource === TARGET);
const wait = async <T>(what: string, condition: () => Promise<T>): Promise<NonNullable<T>> =>
  until(condition, { withinMs: 60_000, what }).catch(async (thrown) => {
    throw new Error(`${String(thrown)}\n${await storyOf(house, [TARGET])}`);
  });

test("the start ends failed, never succeeded, though its task ended OK", async () => {
  await house.lab.break("start-then-die", TARGET);
  const [first] = await wait("the first start to end", async () => ((await sent()).some(({ endedAt }) => endedAt !== undefined) ? sent() : undefined));
  expect(first).toMatchObject({ state: "failed", tool: "proxmox_guest_start", caller: { kind: "remedy" } });
  expect(effectsOf(await house.lab.effects()).filter(({ target }) => target === TARGET)).toHaveLength(1);
}, 90_000);

test("the incident stays open and nobody says it was fixed or got well by itself", async () => {
  await wait("the failure to be told", async () => (await feed()).some(({ kind }) => kind === "failed"));
  expect((await incidents()).map(({ status }) => status)).toEqual(["open"]);
  const kinds = (await feed()).map(({ kind }) => kind);
  expect(kinds).not.toContain("fixed");
});

test("the second try comes after its gap, and not before", async () => {
  const [first, second] = await wait("a second start", async () => ((await sent()).length >= 2 ? sent() : undefined));
  expect(Date.parse(second?.createdAt ?? "") - Date.parse(first?.createdAt ?? "")).toBeGreaterThanOrEqual(GAP_MS);
  await wait("the second start to end", async () => (await sent())[1]?.endedAt);
  expect((await sent()).map(({ state }) => state)).toEqual(["failed", "failed"]);
  expect(effectsOf(await house.lab.effects()).filter(({ target }) => target === TARGET)).toHaveLength(2);
  await wait("the second failure to be told", async () => (await feed()).filter(({ kind }) => kind === "failed").length === 2);
  expect((await incidents()).map(({ status }) => status)).toEqual(["open"]);
  expect((await feed()).map(({ kind }) => kind)).not.toContain("fixed");
}, 90_000);

test("healed, it is started by the lab and the incident ends without our claiming it", async () => {
  await house.lab.heal("start-then-die");
  await wait("the guest to run", async () => standing(await house.lab.state(), TARGET));
  await wait("the incident to end", async () => (await incidents()).every(({ status }) => status === "resolved"));
  expect((await feed()).map(({ kind }) => kind)).not.toContain("fixed");
}, 60_000);
