// Who did what to a guest last: a person's acts count, ours do not, also where we are signed in as a person.
import { expect, test } from "bun:test";
import { parseUpid, type Task } from "../../../../plugins/proxmox/shapes/task.ts";
import { lastHumanAct } from "../../../../plugins/proxmox/tools/human-act.ts";
import { fakeApi } from "../fake-api.ts";

const upidOf = (at: number, type: string, user: string): string => `UPID:pve:00001000:00002000:${at.toString(16).toUpperCase().padStart(8, "0")}:${type}:101:${user}:`;
const taskOf = (at: number, type: string, user: string): Task => {
  const upid = parseUpid(upidOf(at, type, user));
  if (upid === undefined) throw new Error("no task");
  return { ...upid, endedAt: (at + 1) * 1000, exit: "OK" };
};
const about = { ours: ["jarvis@pve!operate"], begun: new Set<string>(), managed: false, skewMs: 0 };

test("a person's stop is told, a token's of ours is none", () => {
  expect(lastHumanAct([taskOf(1000, "qmstop", "root@pam"), taskOf(2000, "qmstart", "jarvis@pve!operate")], about)).toMatchObject({ stop: false });
  expect(lastHumanAct([taskOf(1000, "qmstop", "root@pam")], about)).toMatchObject({ stop: true });
  expect(lastHumanAct([taskOf(2000, "qmstart", "jarvis@pve!operate")], about)).toBeUndefined();
});

test("signed in as a person, what we began ourselves is no person's act, and theirs still is", () => {
  const begun = new Set([upidOf(2000, "qmstart", "root@pam")]);
  expect(lastHumanAct([taskOf(2000, "qmstart", "root@pam")], { ...about, begun })).toBeUndefined();
  expect(lastHumanAct([taskOf(2000, "qmstart", "root@pam"), taskOf(3000, "qmstop", "root@pam")], { ...about, begun })).toMatchObject({ stop: true });
});

test("the client remembers the tasks it began, the last five hundred", async () => {
  let at = 0;
  const api = fakeApi(() => {
    at += 1;
    return { body: { data: upidOf(at, "qmstart", "root@pam") } };
  });
  for (let call = 0; call < 510; call += 1) await api.client.post(api.ctx, "/nodes/pve/qemu/101/status/start");
  expect([api.client.memory.begun.size, api.client.memory.begun.has(upidOf(10, "qmstart", "root@pam")), api.client.memory.begun.has(upidOf(510, "qmstart", "root@pam"))]).toEqual([
    500,
    false,
    true,
  ]);
});
