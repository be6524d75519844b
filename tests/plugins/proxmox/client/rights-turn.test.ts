// When rights are read again: rarely, sooner after a doubt, and never in a minute that is full already.
import { expect, test } from "bun:test";
import { laneOf } from "../../../../plugins/proxmox/client/lane.ts";
import { access } from "../../../../plugins/proxmox/monitors/access.ts";
import { fakeApi } from "../fake-api.ts";

const MINUTE_MS = 60_000;

test("after a doubt they are read again within minutes, once there is room for all the calls", async () => {
  const api = fakeApi(({ path }) => ({ body: { data: path === "/version" ? { version: "9.1.2", release: "9.1" } : { "/": { "Sys.Audit": 1 } } } }));
  const versions = (): number => api.asked.filter(({ path }) => path === "/version").length;
  await access.read(api.ctx);
  api.client.doubt();
  api.forward(MINUTE_MS + 1000);
  laneOf(api.client).take(api.ctx.now(), 4);
  await access.read(api.ctx);
  expect(versions()).toBe(1);
  api.forward(MINUTE_MS + 500);
  // Its place was kept: the others get what is left of five.
  expect(laneOf(api.client).take(api.ctx.now(), 9)).toBe(2);
  await access.read(api.ctx);
  expect(versions()).toBe(2);
});

test("a minute that stays full puts a doubt off for eight, not for ever", async () => {
  const api = fakeApi(({ path }) => ({ body: { data: path === "/version" ? { version: "9.1.2", release: "9.1" } : { "/": { "Sys.Audit": 1 } } } }));
  await access.read(api.ctx);
  api.client.doubt();
  for (let minute = 0; minute < 8; minute += 1) {
    api.forward(MINUTE_MS);
    laneOf(api.client).appointed(api.ctx.now(), 5, MINUTE_MS, "others");
    await access.read(api.ctx);
  }
  expect(api.asked.filter(({ path }) => path === "/version").length).toBe(2);
});
