// The kill switch over real processes: it reaches a hung core, survives its death, keeps a crashed guest down, and lets it be repaired after the release.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type House, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";
import { cli } from "./doors.ts";

const PATIENCE = { withinMs: 60_000 };
const GUEST = "guest/101";
let house: House;
beforeAll(async () => {
  house = await startHouse({ speed: 20 });
  await seen();
}, 90_000);
afterAll(async () => house?.stop());

const seen = () =>
  until(async () => (await house.rpc("state.get")).resources.filter(({ kind, status, stale }) => kind === "guest" && status === "up" && !stale).length > 10, {
    ...PATIENCE,
    what: "the guests to be seen",
  });

const Effects = z.object({ effects: z.array(z.looseObject({ user: z.string(), target: z.string().optional() })) });
/** What the core's own users changed, by the lab's book. */
const ownEffects = async (): Promise<unknown[]> => Effects.parse(await house.lab.effects()).effects.filter(({ user }) => user.startsWith("jarvis"));
const State = z.object({ guests: z.array(z.looseObject({ vmid: z.number(), status: z.string() })) });
const runs = async (): Promise<boolean> => State.parse(await house.lab.state()).guests.some(({ vmid, status }) => `guest/${vmid}` === GUEST && status === "running");
const refusals = async () => (await house.rpc("journal.list")).calls.filter(({ target, state, rule }) => target === GUEST && state === "refused" && rule === "killed");
const kill = (): string => join(house.data, "KILL");
const Told = z.looseObject({ killed: z.boolean(), killLevel: z.string(), told: z.boolean(), file: z.string() });

test("./jarvis kill reaches a core that hangs: nothing has happened when it wakes, though a guest has crashed meanwhile", async () => {
  process.kill(house.pid, "SIGSTOP");
  try {
    await house.lab.break("guest-crash", GUEST);
    const ended = await cli(house.folder, ["kill", "--reason", "a hung core", "--json"]);
    expect(ended.code).toBe(0);
    expect(Told.parse(JSON.parse(ended.out))).toEqual({ killed: true, killLevel: "effects", told: false, file: kill() });
    expect(readFileSync(kill(), "utf8")).toBe("effects");
  } finally {
    process.kill(house.pid, "SIGCONT");
  }
  expect(await house.rpc("autonomy.get")).toMatchObject({ killed: true, killLevel: "effects" });
  const refused = await house.rpc("tools.call", { name: "proxmox_guest_reboot", arguments: { vmid: 105 } });
  expect(refused).toMatchObject({ state: "refused", rule: "killed" });
  await until(async () => (await house.rpc("incidents.list")).incidents.some(({ resource, cause }) => resource === GUEST && cause.kind === "crash"), {
    ...PATIENCE,
    what: "the crash to be found",
  });
  await until(async () => (await refusals()).length > 0, { ...PATIENCE, what: "the remedy to be refused" });
  expect(await ownEffects()).toEqual([]);
  expect(await runs()).toBe(false);
}, 120_000);

test("it survives an orderly restart and a SIGKILL, with the file and without it", async () => {
  await house.stopCore();
  await house.startCore();
  expect(await house.rpc("autonomy.get")).toMatchObject({ killed: true, killLevel: "effects" });
  rmSync(kill());
  await house.killCore();
  await house.startCore();
  expect(await house.rpc("autonomy.get")).toMatchObject({ killed: true, killLevel: "effects" });
  expect(await house.rpc("tools.call", { name: "proxmox_guest_reboot", arguments: { vmid: 105 } })).toMatchObject({ state: "refused" });
  expect(await ownEffects()).toEqual([]);
}, 60_000);

test("./jarvis kill before a start holds the core that starts then", async () => {
  // Observing, so that nothing is repaired between this release and the end of the core.
  await house.rpc("autonomy.set", { mode: "observe" });
  await house.rpc("release");
  await house.killCore();
  const ended = await cli(house.folder, ["kill", "all", "--json"], { JARVIS_CONFIG: house.lab.line.config });
  expect([ended.code, existsSync(kill())]).toEqual([0, true]);
  const before = (await ownEffects()).length;
  await house.startCore();
  expect(await house.rpc("autonomy.get")).toMatchObject({ killed: true, killLevel: "all" });
  await seen();
  expect((await ownEffects()).length).toBe(before);
}, 60_000);

test("after the operator's release the crashed guest is repaired, once", async () => {
  expect((await cli(house.folder, ["autonomy", "act"])).code).toBe(0);
  expect((await cli(house.folder, ["release", "--json"])).code).toBe(0);
  expect(existsSync(kill())).toBe(false);
  await until(runs, { ...PATIENCE, what: "the guest to run again" });
  await until(async () => (await house.rpc("incidents.list")).incidents.find(({ resource }) => resource === GUEST)?.status === "resolved", {
    ...PATIENCE,
    what: "the incident to be resolved",
  });
  const effects = await ownEffects();
  expect(effects).toHaveLength(1);
  const { calls } = await house.rpc("journal.list");
  const done = calls.filter(({ target, state }) => target === GUEST && state === "succeeded");
  expect(done).toHaveLength(1);
  expect(done[0]).toMatchObject({ caller: { kind: "remedy" } });
}, 120_000);
