// What is found out of the readings: work, motion, kills, boots, each with what only looks like it.
import { describe, expect, test } from "bun:test";
import { agentOf } from "../../../../plugins/proxmox/monitors/guest/agent-state.ts";
import { bootMissed } from "../../../../plugins/proxmox/monitors/guest/boot.ts";
import { createFlights } from "../../../../plugins/proxmox/monitors/guest/flight.ts";
import { createLives } from "../../../../plugins/proxmox/monitors/guest/life.ts";
import { createMotion } from "../../../../plugins/proxmox/monitors/guest/motion.ts";
import { isSwept, type Work, workOn } from "../../../../plugins/proxmox/monitors/guest/work.ts";
import { killsIn } from "../../../../plugins/proxmox/monitors/kills.ts";
import { factsOf } from "../../../../plugins/proxmox/shapes/guest.ts";
import { Entry } from "../../../../plugins/proxmox/shapes/resources.ts";
import type { Task } from "../../../../plugins/proxmox/shapes/task.ts";

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 5, 1, 12);
const about = { vmid: 101, node: "pve" };
const task = (more: Partial<Task> = {}): Task => ({
  upid: `UPID:${more.type}:${more.id}:${more.startedAt}`,
  node: "pve",
  startedAt: NOW,
  type: "vzdump",
  id: "101",
  user: "root@pam",
  ...more,
});
const list = (...tasks: Task[]): Map<string, Task> => new Map(tasks.map((one) => [one.upid, one]));

describe("what works on a guest", () => {
  test("is its own living task, or one of many on its node; not another guest's, and not what has ended", () => {
    expect(workOn(list(task()), about).now).toBe("vzdump");
    expect(workOn(list(task({ id: "", type: "vzdump" })), about).now).toBe("vzdump");
    for (const other of [task({ id: "1010" }), task({ id: "", node: "Home" }), task({ exit: "OK", endedAt: NOW }), task({ id: "", type: "aptupdate" })])
      expect(workOn(list(other), about).now).toBeUndefined();
  });
  test("the last start is told when it failed, and no more once one worked or runs", () => {
    const failed = task({ type: "vzstart", exit: "startup for container '101' failed", endedAt: NOW });
    expect(workOn(list(failed), about).failedStart).toEqual(failed);
    for (const later of [task({ type: "vzstart", startedAt: NOW + 1000, exit: "OK", endedAt: NOW + 2000 }), task({ type: "vzstart", startedAt: NOW + 1000 })])
      expect(workOn(list(failed, later), about).failedStart).toBeUndefined();
  });
  test("is unknown while the tasks are", () => expect(workOn(undefined, about).now).toBe("unknown"));
  test("a person's stop is told from the node's own way down", () => {
    const stop = task({ type: "qmshutdown", startedAt: NOW + 1000, exit: "OK", endedAt: NOW + 5000 });
    expect(workOn(list(stop), about).stop).toEqual(stop);
    expect(workOn(list(stop, task({ id: "", type: "stopall", exit: "OK", endedAt: NOW + 9000 })), about).stop).toBeUndefined();
  });
});

describe("a guest that went down with its node's guests", () => {
  const sweep = task({ id: "", type: "stopall" });
  const work = (...tasks: Task[]): Work => workOn(list(...tasks), about);
  test("is one that stopped while a sweep of its node was at work, or right after", () => {
    expect(isSwept(work(sweep), NOW + 9000)).toBe(true);
    expect(isSwept(work({ ...sweep, exit: "OK", endedAt: NOW + 8000 }), NOW + 20_000)).toBe(true);
  });
  test("is not one that stopped before the sweep or long after it, on another node, or without any", () => {
    expect(isSwept(work(sweep), NOW - 1000)).toBe(false);
    expect(isSwept(work({ ...sweep, exit: "OK", endedAt: NOW + 8000 }), NOW + 60_000)).toBe(false);
    expect(isSwept(work({ ...sweep, node: "Home" }), NOW + 9000)).toBe(false);
    expect(isSwept(work(), NOW)).toBe(false);
    expect(isSwept(work(sweep), undefined)).toBe(false);
  });
});

test("a guest taken over from a node that is gone needs that node until it is back; one that moved between living nodes does not", () => {
  const flights = createFlights();
  const [none, gone] = [new Set<string>(), new Set(["Home"])];
  expect(flights.see(104, "Home", none)).toBeUndefined();
  expect(flights.see(104, "Home", gone)).toBeUndefined();
  expect(flights.see(104, "pve", gone)).toBe("Home");
  expect(flights.see(104, "pve", gone)).toBe("Home");
  expect(flights.see(104, "pve", none)).toBeUndefined();
  expect(flights.see(104, "agent", none)).toBeUndefined();
});

describe("whether a guest moves", () => {
  const sight = (uptime: number, more: object = {}) => Entry.parse({ type: "qemu", vmid: 101, uptime, netin: 5000, netout: 5000, diskread: 0, diskwrite: 0, ...more });
  const looked = (...sights: [second: number, more: object][]) => {
    const motion = createMotion();
    for (const [second, more] of sights) motion.see(sight(100 + second, more), NOW + second * 1000);
    return motion.rates(101);
  };
  test("is known after most of a minute, per second", () => {
    expect(looked([0, {}], [40, {}])).toBeUndefined();
    expect(looked([0, {}], [50, { netout: 10_000 }])).toMatchObject({ sent: 100, heard: 0, seconds: 50 });
  });
  test("a counter that fell begins anew, and the same round told again is no look", () => {
    expect(looked([0, {}], [30, {}], [50, { netout: 10 }])).toBeUndefined();
    const motion = createMotion();
    for (const second of [0, 10, 20, 30, 40, 50]) motion.see(sight(100), NOW + second * 1000);
    expect(motion.rates(101)).toBeUndefined();
  });

  const silent = { askedAt: NOW, answers: "no" as const, failures: 2, since: NOW, source: "x" };
  const still = { sent: 0, heard: 900, read: 0, written: 0, seconds: 60, fromMs: NOW + MINUTE };
  test("one that sends nothing hangs when its processors are idle, all busy, or one of them is; else it is unsure", () => {
    for (const cpu of [0.001, 0.99, 0.25]) expect(agentOf(silent, { rates: still, cpu, cpus: 4 })?.moves).toBe("no");
    expect(agentOf(silent, { rates: still, cpu: 0.1, cpus: 4 })?.moves).toBe("unsure");
    expect(agentOf(silent, { rates: undefined, cpu: 0, cpus: 4 })?.moves).toBe("unsure");
    expect(agentOf(silent, { rates: { ...still, sent: 20 }, cpu: 0, cpus: 4 })?.moves).toBe("yes");
    expect(agentOf(silent, { rates: { ...still, written: 20 }, cpu: 0, cpus: 4 })?.moves).toBe("yes");
  });
  test("silence while it stood still says nothing of its agent once it goes on, until it is asked anew", () => {
    const on = { rates: { ...still, sent: 20 }, cpu: 0.1, cpus: 4 };
    expect(agentOf({ ...silent, moved: false }, on)?.moves).toBe("unsure");
    expect(agentOf({ ...silent, moved: true }, on)?.moves).toBe("yes");
  });
  test("what it sent before it fell silent does not count as going on", () => {
    const before = (seconds: number) => agentOf(silent, { rates: { ...still, sent: 20, fromMs: NOW + seconds * 1000 }, cpu: 0.1, cpus: 4 })?.moves;
    expect([before(-50), before(24), before(25)]).toEqual(["unsure", "unsure", "yes"]);
  });
});

describe("kills in a journal", () => {
  const line = (text: string, from = "kernel") => ({ at: NOW, from, text });
  const memcg = (vmid: number) =>
    line(`oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),oom_memcg=/lxc/${vmid},task_memcg=/lxc/${vmid}/ns/system.slice/a.service,task=java,pid=9,uid=100000`);
  test("count by container, by the clock that is ours", () => {
    const found = killsIn([memcg(105), memcg(105), memcg(1050)], "GET /nodes/pve/journal", 5000);
    expect(found.get(105)).toMatchObject({ count: 2, at: NOW - 5000, process: "java" });
    expect(found.get(1050)?.count).toBe(1);
  });
  test("the node's own want of memory, a VM's, or anybody else's words are none", () => {
    const node = line("oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),global_oom,task_memcg=/lxc/105/ns,task=java,pid=9");
    expect(killsIn([node, line("Memory cgroup out of memory: Killed process 9 (java)"), { ...memcg(105), from: "app[12]" }], "x", 0).size).toBe(0);
  });
});

describe("a guest left out at boot", () => {
  const idle: Work = { now: undefined, backupEndedAt: undefined, stop: undefined, failedStart: undefined, sweeping: false, sweep: undefined };
  const facts = factsOf("qemu", { onboot: 1, scsi0: "local-lvm:vm-101-disk-0,size=8G", ide2: "iso:iso/x.iso,media=cdrom" });
  const booted = NOW - 5 * MINUTE;
  const look = (more: { entry?: object; life?: object; work?: Partial<Work>; facts?: object; bootedMs?: number; available?: boolean } = {}) =>
    bootMissed({
      seen: { entry: Entry.parse({ type: "qemu", status: "stopped", ...more.entry }), vmid: 101, node: "pve", status: "stopped", startedAt: undefined },
      life: { startedAt: booted - 90 * MINUTE, stoppedAt: booted + MINUTE, ...more.life },
      work: { ...idle, ...more.work },
      facts: { ...facts, ...more.facts },
      ready: new Map([["pve/local-lvm", { id: "storage/pve/local-lvm", available: more.available ?? true }]]),
      bootedMs: more.bootedMs ?? booted,
      nowMs: NOW,
      skewMs: 0,
    });
  test("is found by its last start being older than the boot", () => expect(look()).toEqual({ bootedAt: new Date(booted).toISOString() }));
  test("keeps its place in the node's start of its guests", () => {
    expect(look({ facts: factsOf("qemu", { onboot: 1, startup: "order=2,up=30" }) })?.order).toBe(2);
    expect(factsOf("lxc", { startup: "7" }).startOrder).toBe(7);
    expect(factsOf("lxc", { startup: "up=30" }).startOrder).toBeUndefined();
  });
  test("tells the start that failed since the boot, not one from before it", () => {
    const failed = (startedAt: number) => look({ work: { failedStart: task({ type: "qmstart", startedAt, exit: "start failed: QEMU exited with code 1", upid: "UPID:x" }) } });
    expect(failed(booted + MINUTE)?.failed).toEqual({ type: "qmstart", user: "root@pam", exit: "start failed: QEMU exited with code 1", upid: "UPID:x" });
    expect(failed(booted - 5 * MINUTE)?.failed).toBeUndefined();
  });
  test("waits for the node's own start, for its storage, for its lock, or for the tasks to be known", () => {
    expect(look({ entry: { hastate: "started" }, facts: { onboot: false } })?.waits).toBe("ha");
    expect(look({ work: { sweeping: true, now: "startall" } })?.waits).toBe("node");
    expect(look({ available: false })?.waits).toBe("storage");
    expect(look({ entry: { lock: "backup" } })?.waits).toBe("work");
    expect(look({ work: { now: "unknown" } })?.waits).toBe("tasks");
  });
  test("is none when it ran since, was off long before, is not set to start, was stopped by a person, or the boot is long ago", () => {
    for (const more of [
      { life: { startedAt: booted + MINUTE } },
      { life: { stoppedAt: booted - 60 * MINUTE } },
      { facts: { onboot: false } },
      { entry: { template: 1 } },
      { work: { stop: task({ type: "qmstop", startedAt: booted + MINUTE }) } },
      { bootedMs: NOW - 600 * MINUTE },
    ])
      expect(look(more)).toBeUndefined();
  });
  test("needs the storages of its disks, not that of a CD", () => expect(facts.storages).toEqual(["local-lvm"]));
});

describe("since when a guest stands as it does", () => {
  test("a stop is dated once, through a node that is gone; a lock by its word; a start outlives the stop", () => {
    const lives = createLives();
    const see = (status: string, nowMs: number, more: { startedAt?: string; lock?: string } = {}) =>
      lives.see({ vmid: 101, status, startedAt: more.startedAt, lock: more.lock, nowMs });
    see("running", NOW, { startedAt: new Date(NOW - 9000).toISOString(), lock: "backup" });
    expect(see("running", NOW + 1, { lock: "backup" }).lock).toEqual({ word: "backup", since: NOW });
    see("stopped", NOW + 2);
    see("unknown", NOW + 3);
    expect(see("stopped", NOW + 4)).toEqual({ startedAt: NOW - 9000, stoppedAt: NOW + 2 });
    expect(see("running", NOW + 5).stoppedAt).toBeUndefined();
  });
});
