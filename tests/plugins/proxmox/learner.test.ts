// Who a guest is, read from its configuration: a hiccup is tried again within a minute, for who Jarvis is may hang on it; what never answers is asked seldom.
import { expect, test } from "bun:test";
import { createLearner } from "../../../plugins/proxmox/monitors/identity.ts";
import { Entry } from "../../../plugins/proxmox/shapes/resources.ts";
import { fakeApi } from "./fake-api.ts";

const MINUTE_MS = 60_000;
const entry = Entry.parse({ type: "qemu", vmid: 100, node: "agent1", status: "running" });
const smbios = { data: { smbios1: "uuid=6d29a2c8-0f7e-4c7a-9f50-0d4cb6e0a100", digest: "d" } };

/** Minutes after the first reading at which the configuration was asked for, within so many. */
const askedAt = async (fails: (count: number) => boolean, minutes: number) => {
  const api = fakeApi((_, count) => (fails(count) ? { status: 500, statusText: "it hiccups" } : { body: smbios }));
  const { learn } = createLearner();
  const at: number[] = [];
  for (let second = 0; second <= minutes * 60; second += 10) {
    const before = api.asked.length;
    await learn(api.ctx, api.client, [entry]);
    if (api.asked.length > before) at.push(Math.floor((second * 1000) / MINUTE_MS));
    api.forward(10_000);
  }
  return { at, facts: api.client.memory.facts.get(100)?.facts };
};

test("a configuration that could not be read once is read a minute later, and then stays known", async () => {
  const { at, facts } = await askedAt((count) => count === 1, 30);
  expect(at).toEqual([0, 1]);
  expect(facts?.identity).toBe("smbios:6d29a2c8-0f7e-4c7a-9f50-0d4cb6e0a100");
});

test("one that is never answered is asked for after one, two, four and eight minutes, then every ten", async () => {
  const { at, facts } = await askedAt(() => true, 50);
  expect(at).toEqual([0, 1, 3, 7, 15, 25, 36, 46]);
  expect(facts).toBeUndefined();
});

test("those that are never answered keep nobody unknown who was not asked about yet", async () => {
  const [mute, others] = [[100, 101, 102], Array.from({ length: 60 }, (_, index) => 200 + index)];
  const entries = [...mute, ...others].map((vmid) => Entry.parse({ type: "qemu", vmid, node: "agent1", status: "running" }));
  const api = fakeApi(({ path }) => (mute.some((vmid) => path.includes(`/${vmid}/`)) ? { status: 500, statusText: "it hiccups" } : { body: smbios }));
  const { learn } = createLearner();
  let seconds = 0;
  while (others.some((vmid) => !api.client.memory.facts.has(vmid)) && seconds < 3600) {
    await learn(api.ctx, api.client, entries);
    api.forward(10_000);
    seconds += 10;
  }
  expect(api.asked.slice(0, 63).filter(({ path }) => mute.some((vmid) => path.includes(`/${vmid}/`))).length).toBe(3);
  expect(seconds).toBeLessThanOrEqual(63 * 15);
});
