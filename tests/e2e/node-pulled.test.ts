// One node with more than twenty guests loses its power in a living house that may act: one incident that names the root and everybody with it, one recovery, no word for each guest, and nothing sent.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { home } from "../../plugins/lab/world/home/home.ts";
import { eyesOn, without } from "../support/house-eyes.ts";
import { type House, startHouse } from "../support/living-house.ts";
import { randomOf, seed } from "../support/seed.ts";
import { until } from "../support/until.ts";

/** Slow enough for a loaded machine: what is late by the clock is a fault too. */
const SPEED = 15;
const MORE_GUESTS = 20;
const JARVIS = 100;
/** Of the clock: longer than HA takes to fence and recover; and what is looked at after the recovery. */
const [DARK_MS, AFTERWARDS_MS] = [5 * 60_000, 5 * 60_000];
const PATIENCE_MS = 60_000;

const random = randomOf("node pulled");
const own = home.guests.find(({ vmid }) => vmid === JARVIS)?.node;
/** One that HA cannot start elsewhere, because its disk is on the node, is a fault of its own once the node is back. */
const isBound = (name: string): boolean => home.guests.some((guest) => guest.node === name && guest.ha);
const others = home.nodes.filter(({ name, memoryGiB }) => name !== own && memoryGiB > 8 && !isBound(name));
const node = others[Math.floor(random() * others.length)]?.name ?? "";
/** Its disk can be reached from everywhere: HA takes it over. */
const recovered = { vmid: 1100, name: "everywhere", kind: "qemu" as const, node, memoryMiB: 512, diskGiB: 8, storage: "vmstore", ha: true, uptimeHours: 70, backupHours: 20 };
const vmstore = { name: "vmstore", type: "nfs" as const, content: "images,rootdir", shared: true, totalGiB: 900, usedGiB: 300 };
const many = Array.from({ length: MORE_GUESTS }, (_, index) => ({
  vmid: 1000 + index,
  name: `many-${index}`,
  kind: index % 3 === 0 ? ("qemu" as const) : ("lxc" as const),
  node,
  memoryMiB: 256,
  diskGiB: 4,
  uptimeHours: 50 + index,
  backupHours: 20,
}));
const added = [...many, recovered];
const guestsThere = [...home.guests, ...added].filter((guest) => guest.node === node).map(({ vmid }) => `guest/${vmid}`);

let folder: string;
let house: House;
let eyes: ReturnType<typeof eyesOn>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jarvis-world-"));
  const world = join(folder, "world.json");
  writeFileSync(world, JSON.stringify({ base: "home", storages: [...home.storages, vmstore], guests: [...home.guests, ...added] }));
  house = await startHouse({ speed: SPEED, seed, labArgs: ["--world", world], config: without("lab") });
  eyes = eyesOn(house);
  await eyes.within(
    "all guests to be seen",
    async () => (await house.rpc("state.get")).resources.filter(({ kind }) => kind === "guest").length === home.guests.length + added.length,
  );
}, 90_000);
afterAll(async () => {
  await house?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const clockMs = async (): Promise<number> => Date.parse((await house.rpc("time.sync")).time);
const incidents = async () => (await house.rpc("incidents.list", { limit: 500 })).incidents;
const told = async () => (await incidents()).map(({ alert, status, title }) => `${status === "resolved" ? "over" : "open"} ${alert}: ${title}`);
const letPass = async (ms: number): Promise<void> => {
  const endMs = (await clockMs()) + ms;
  await until(async () => (await clockMs()) >= endMs, { withinMs: PATIENCE_MS, what: `${ms / 1000} s of the clock` });
};
const running = async (): Promise<string[]> => (await house.rpc("state.get")).resources.filter(({ id, status }) => guestsThere.includes(id) && status === "up").map(({ id }) => id);

test(`${node} goes dark with its ${guestsThere.length} guests: one incident, one recovery, no act`, async () => {
  expect(guestsThere.length).toBeGreaterThanOrEqual(MORE_GUESTS);
  const resource = `node/${node.toLowerCase()}`;
  await letPass(60_000);
  expect(await told()).toEqual([]);
  const ran = await running();

  await house.lab.break("node-down", resource);
  const found = await eyes.incidentIn(resource, "open", "escalated");
  expect([found.alert, found.cause.kind, found.severity]).toEqual([`proxmox/cluster#node-offline#${resource}`, "host-down", "critical"]);
  expect((found.victims ?? []).filter((id) => id.startsWith("guest/")).sort()).toEqual([...guestsThere].sort());
  await letPass(DARK_MS);
  expect(await told()).toEqual([`open ${found.alert}: ${found.title}`]);

  await house.lab.heal();
  await eyes.incidentIn(resource, "resolved");
  await eyes.within("its guests to run again", async () => (await running()).length === ran.length);
  await letPass(AFTERWARDS_MS);
  expect(await told()).toEqual([`over ${found.alert}: ${found.title}`]);

  // One word when it was found and one when it was over, with at most why nothing was done between; none for a guest.
  const { entries } = await house.rpc("feed.list", { limit: 500 });
  const about = entries.filter((entry) => entry.resource !== undefined || entry.incident !== undefined).reverse();
  expect(about.filter((entry) => entry.resource !== resource || entry.incident !== found.id).map(({ words }) => words)).toEqual([]);
  expect(about.map(({ kind }) => kind).filter((kind) => kind !== "notice")).toEqual(["found"]);
  expect([about[0]?.kind, about.at(-1)?.words]).toEqual(["found", `${node} is well again, without my doing.`]);
  expect((await eyes.ownEffects()).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
}, 180_000);
