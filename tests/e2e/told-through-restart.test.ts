// What was told of a guest's inside, or of a node's pools, stays told through a death of the core: one incident, not one that ended and another, until it is over.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { eyesOn, without } from "../support/house-eyes.ts";
import { type House, startHouse } from "../support/living-house.ts";

const [CT, POOL] = ["guest/105", "storage/pve/tank"];
/** Readings of the new run that must not end it: the configuration and the snapshots of all are asked only by and by. */
const READINGS = 4;

let house: House;
let eyes: ReturnType<typeof eyesOn>;
beforeAll(async () => {
  house = await startHouse({ speed: 20, config: (text) => without("lab")(text).replace("autonomy: act", "autonomy: observe") });
  eyes = eyesOn(house);
  await eyes.guestsSeen();
}, 90_000);
afterAll(() => house?.stop());

const of = async (id: string) => (await house.rpc("incidents.list", { limit: 500 })).incidents.filter(({ resource }) => resource === id);
const ofContainer = () => of(CT);
const readAnew = async (channel: string): Promise<void> => {
  const from = Date.parse((await house.rpc("time.sync")).time);
  await eyes.within(`a new reading of ${channel}`, async () => Date.parse((await house.rpc("state.refresh", { channel })).at) > from);
};

test("a snapshot that was left behind is one incident, though the core dies meanwhile", async () => {
  await house.lab.break("snapshot-leftover", CT);
  await eyes.within("the snapshot to be told", async () => {
    await readAnew("proxmox/snapshots");
    await readAnew("proxmox/guests");
    return (await ofContainer()).length > 0;
  });
  const [before] = await ofContainer();
  await house.killCore();
  await house.startCore();
  await eyes.within("the guests to be read again", async () => (await house.rpc("state.refresh", { channel: "proxmox/guests" }).catch(() => undefined)) !== undefined);
  for (let reading = 0; reading < READINGS; reading += 1) await readAnew("proxmox/guests");
  const after = await ofContainer();
  expect(after.map(({ id, alert }) => `${id} ${alert}`)).toEqual([`${before?.id} proxmox/guests#snapshot-leftover#${CT}`]);
  expect(after[0]?.status).not.toBe("resolved");
  await house.lab.heal();
  await eyes.within("its end", async () => {
    await readAnew("proxmox/snapshots");
    await readAnew("proxmox/guests");
    return (await ofContainer()).every(({ status }) => status === "resolved");
  });
  expect(await ofContainer()).toHaveLength(1);
}, 90_000);

test("a pool that lost a disk is not called well because nobody has looked at it since the start", async () => {
  await house.lab.break("zfs-degraded", "node/pve");
  await eyes.within("the pool to be told", async () => {
    await readAnew("proxmox/arrays");
    return (await of(POOL)).length > 0;
  });
  await house.killCore();
  await house.startCore();
  // The nodes are looked at one after the other, and this one may be the last.
  for (let reading = 0; reading < READINGS; reading += 1) {
    await eyes.within("a reading of the pools", async () => (await house.rpc("state.refresh", { channel: "proxmox/arrays" }).catch(() => undefined)) !== undefined);
    expect((await of(POOL)).map(({ status }) => status === "resolved")).toEqual([false]);
    await readAnew("proxmox/arrays");
  }
  expect((await of(POOL)).map(({ status }) => status === "resolved")).toEqual([false]);
  await house.lab.heal();
  await eyes.within("its end", async () => {
    await readAnew("proxmox/arrays");
    return (await of(POOL)).every(({ status }) => status === "resolved");
  });
  expect(await of(POOL)).toHaveLength(1);
}, 90_000);
