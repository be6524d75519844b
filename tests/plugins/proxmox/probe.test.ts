// What a diagnosis of a stopped guest is told when the node is going, or somebody does not answer: what is proved elsewhere, and what could not be read.
import { expect, test } from "bun:test";
import type { Alert } from "../../../core/contract/resource.ts";
import { probe } from "../../../plugins/proxmox/probe/probe.ts";
import { Entry } from "../../../plugins/proxmox/shapes/resources.ts";
import { fakeApi } from "./fake-api.ts";

const UPID = "UPID:pve:00001000:00002000:665B0000:stopall::root@pam:";
const alert: Alert = { key: "guest-stopped", resource: "guest/101", severity: "critical", title: "it stopped" };
const sweep = (nowMs: number) => ({ upid: UPID, node: "pve", starttime: Math.floor(nowMs / 1000) - 10, type: "stopall", id: "", user: "root@pam" });
const LONG_MS = 60_000;

const going = (gone: RegExp) => {
  const api = fakeApi(({ path }) => {
    if (gone.test(path)) return { status: 595, statusText: "No route to host", raw: "" };
    if (path === "/cluster/tasks") return { body: { data: [sweep(api.ctx.now())] } };
    return { body: { data: path.endsWith("/config") ? {} : [] } };
  });
  api.client.memory.answered({ at: api.ctx.now(), entries: [Entry.parse({ type: "qemu", vmid: 101, node: "pve", name: "nextcloud", status: "stopped" })] });
  return api;
};

test("an order to a whole node is told from the cluster's list when the node and its logs are gone", async () => {
  const { ctx } = going(/^\/nodes\/pve\//);
  const told = await probe(ctx, { resource: "guest/101", alert });
  expect(told.tasks?.map(({ type, names }) => [type, names])).toEqual([["stopall", true]]);
  expect(Object.keys(told.unread)).toContain("journal");
});

test("without such an order an unreadable task list stays unread: nobody's act is ruled out", async () => {
  const api = fakeApi(({ path }) => (path.startsWith("/nodes/pve/") ? { status: 595, statusText: "No route to host", raw: "" } : { body: { data: [] } }));
  api.client.memory.answered({ at: api.ctx.now(), entries: [Entry.parse({ type: "qemu", vmid: 101, node: "pve", name: "nextcloud", status: "stopped" })] });
  const told = await probe(api.ctx, { resource: "guest/101", alert });
  expect(told.tasks).toBeUndefined();
  expect(told.unread.tasks).toBeString();
});

test("what does not answer in time is said to be silent, and the rest is told", async () => {
  const { ctx } = going(/^$/);
  let waited = 0;
  const fetch: typeof ctx.fetch = (url, init) => (url.includes("/journal") ? new Promise(() => undefined) : ctx.fetch(url, init));
  const pause = async (ms: number): Promise<void> => {
    waited = ms;
    // The answers that come at all have come by then.
    for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
  };
  const told = await probe({ ...ctx, fetch, pause }, { resource: "guest/101", alert });
  expect(waited).toBeLessThan(LONG_MS);
  expect(told.journal).toBeUndefined();
  expect(told.unread.journal).toContain("No answer within");
  expect(told.config).toEqual({ onboot: false });
});

test("of many tasks that took guests along, the newest have their logs read", async () => {
  const from = 0x665b0000;
  const upidOf = (turn: number): string => `UPID:pve:00001000:00002000:${(from + turn * 60).toString(16).toUpperCase()}:vzdump::backup@pam:`;
  const api = fakeApi(({ path }) => {
    // Oldest first: in the order a server may list them.
    if (path === "/cluster/tasks") return { body: { data: Array.from({ length: 6 }, (_, turn) => ({ upid: upidOf(turn) })) } };
    if (path.includes("/log"))
      return { body: { data: path.includes(encodeURIComponent(upidOf(5))) || path.includes(upidOf(5)) ? [{ n: 1, t: "INFO: stopping vm: VM 101" }] : [] } };
    return { body: { data: path.endsWith("/config") ? {} : [] } };
  });
  api.client.memory.answered({ at: api.ctx.now(), entries: [Entry.parse({ type: "qemu", vmid: 101, node: "pve", name: "nextcloud", status: "stopped" })] });
  const told = await probe(api.ctx, { resource: "guest/101", alert });
  expect(told.tasks?.map(({ upid }) => upid)).toEqual([upidOf(5)]);
});
