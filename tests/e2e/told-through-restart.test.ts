// What was told of a guest's inside stays told through a death of the core: one incident, not one that ended and another, until it is over.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { eyesOn, without } from "../support/house-eyes.ts";
import { type House, startHouse } from "../support/living-house.ts";

const CT = "guest/105";
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

const ofContainer = async () => (await house.rpc("incidents.list", { limit: 500 })).incidents.filter(({ resource }) => resource === CT);
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
