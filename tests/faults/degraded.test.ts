// A cluster that refuses, hangs or talks nonsense: what was known stays, marked stale; one line down and one up; nothing is done, and Jarvis says what it cannot see.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { type House, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";
import { effectsOf } from "./account.ts";

const SPEED = 20;
const PATIENCE_MS = 30_000;
/** Three ticks and more with nothing but nonsense: a short list that came three times is believed elsewhere. */
const ENDURED_MS = 60_000 / SPEED;
/** The three seconds, and what a tenth of a wall second is at this rate. */
const KNOWN_MS = 3000 + 100 * SPEED;
const Requests = z.object({ requests: z.array(z.object({ time: z.string(), user: z.string(), status: z.number() })) });
const Channel = z.object({ text: z.string() });

let house: House;
beforeAll(async () => {
  house = await startHouse({ speed: SPEED });
  await until(async () => (await guests()).filter(({ status }) => status === "up").length > 10, { withinMs: PATIENCE_MS, what: "the guests to be seen" });
  await until(async () => (await things()).some(({ kind }) => kind === "container"), { withinMs: PATIENCE_MS, what: "the containers to be seen" });
  await until(fresh, { withinMs: PATIENCE_MS, what: "everything to be fresh" });
}, 90_000);
afterEach(() => house.lab.heal());
afterAll(async () => house?.stop(), 30_000);

const things = async () => (await house.rpc("state.get")).resources;
const guests = async () => (await things()).filter(({ kind }) => kind === "guest");
const picture = async (): Promise<string[]> => (await things()).map(({ id, name, status }) => `${id} ${name} ${status}`).sort();
const said = async (): Promise<string> => Channel.parse(await house.rpc("chat.send", { text: "what's wrong?" })).text;
const stale = async (): Promise<boolean> => (await guests()).every((guest) => guest.stale && guest.since !== undefined);
const fresh = async (): Promise<boolean> => (await things()).every((thing) => !thing.stale) && !(await said()).includes("I cannot see everything");
const lines = (): string[] =>
  house
    .errors()
    .split("\n")
    .filter((line) => / (warn|error) |answers again/.test(line));

const quiet = async (): Promise<void> => {
  expect(effectsOf(await house.lab.effects())).toEqual([]);
  expect((await house.rpc("journal.list")).calls).toEqual([]);
  expect((await house.rpc("incidents.list")).incidents).toEqual([]);
};

const FORMS = ["html", "nulls", "half", "truncated", "empty", "words"];
const CASES: [string, string, string, Record<string, string>][] = [
  ["a revoked token", "token-revoked", "token/read", {}],
  ["an API that hangs", "api-hang", "node/all", {}],
  ...FORMS.map((form): [string, string, string, Record<string, string>] => [`an API that answers ${form}`, "api-garbage", "node/all", { form }]),
];

describe.each(CASES)("%s", (_, fault, target, more) => {
  test("leaves what was known, stale, and nothing is done; healed, all is fresh again", async () => {
    const before = await picture();
    const told = lines().length;
    await house.lab.break(fault, target, more);
    await until(stale, { withinMs: PATIENCE_MS, what: "the guests to be stale" });
    const brokenMs = performance.now();
    await until(() => performance.now() - brokenMs > ENDURED_MS, { withinMs: PATIENCE_MS });
    expect(await stale()).toBe(true);
    expect(await picture()).toEqual(before);
    expect(await said()).toMatch(/I cannot see everything: proxmox is (down|stale) since /);
    await house.lab.heal(fault);
    await until(fresh, { withinMs: PATIENCE_MS, what: "everything to be fresh again" });
    expect(await picture()).toEqual(before);
    expect(lines().slice(told)).toEqual([expect.stringMatching(/ warn {2}proxmox\/\w+ cannot be read: /), expect.stringMatching(/ info {2}proxmox answers again/)]);
    await quiet();
  }, 90_000);
});

test("a refused token is tried at most 3 times a minute after the first refusal", async () => {
  const refused = Requests.parse(await house.lab.requests()).requests.filter(({ status }) => status === 401);
  const times = refused.map(({ time }) => Date.parse(time)).sort((a, b) => a - b);
  expect(times.length).toBeGreaterThan(0);
  // Proxmox answers a refusal three seconds late: what was on its way by then could not know, and none is sent for it.
  const known = times.filter((at) => at > (times[0] ?? 0) + KNOWN_MS);
  for (const from of known) expect(known.filter((at) => at > from && at <= from + 60_000).length).toBeLessThanOrEqual(3);
  expect(times.length - known.length).toBeLessThanOrEqual(8);
});

test("a fault behind a stale reading is found once it can be seen again, and not before", async () => {
  await house.lab.break("api-hang", "node/all");
  await until(stale, { withinMs: PATIENCE_MS, what: "the guests to be stale" });
  await house.lab.break("guest-crash", "guest/106");
  const brokenMs = performance.now();
  await until(() => performance.now() - brokenMs > ENDURED_MS, { withinMs: PATIENCE_MS });
  await quiet();
  await house.lab.heal("api-hang");
  const solved = async (): Promise<boolean> => (await house.rpc("incidents.list")).incidents.some(({ resource, status }) => resource === "guest/106" && status === "resolved");
  await until(solved, { withinMs: PATIENCE_MS, what: "the crash to be found and fixed" });
  expect(effectsOf(await house.lab.effects()).map(({ target }) => target)).toEqual(["guest/106"]);
}, 90_000);

test("without a Docker socket the plugin says so and the rest runs", async () => {
  await house.stopCore();
  const { config } = house.lab.line;
  const socket = `${house.folder}/lab/nobody.sock`;
  writeFileSync(config, readFileSync(config, "utf8").replace(/socket: .*/, `socket: "${socket}"`));
  expect(existsSync(socket)).toBe(false);
  await house.startCore();
  await until(async () => (await guests()).some(({ stale, status }) => !stale && status === "up"), { withinMs: PATIENCE_MS, what: "the guests to be seen" });
  const text = await until(async () => ((await said()).includes("docker is ") ? said() : undefined), { withinMs: PATIENCE_MS, what: "a word about Docker" });
  expect(text).toContain(socket);
  expect(text).not.toContain("proxmox is");
  expect(lines().filter((line) => line.includes("nobody.sock"))).toEqual([expect.stringMatching(/ warn {2}docker\/containers cannot be read: /)]);
  expect((await house.rpc("tools.call", { name: "proxmox_guest_list", arguments: {} })).state).toBe("succeeded");
}, 90_000);
