// What a restart must not end: the agent's silence, the snapshots and the killed processes that were told before it.
import { expect, test } from "bun:test";
import { createMemory } from "../../../../plugins/proxmox/client/memory.ts";
import { agentOf } from "../../../../plugins/proxmox/monitors/guest/agent-state.ts";
import { findingsOf } from "../../../../plugins/proxmox/monitors/guest/findings.ts";
import { createFlights } from "../../../../plugins/proxmox/monitors/guest/flight.ts";
import { createLives } from "../../../../plugins/proxmox/monitors/guest/life.ts";
import { createMotion } from "../../../../plugins/proxmox/monitors/guest/motion.ts";
import type { GuestNotes } from "../../../../plugins/proxmox/monitors/guest/notes.ts";
import { recallGuest, recallSnapshots } from "../../../../plugins/proxmox/monitors/guest/recall.ts";
import { createReturns } from "../../../../plugins/proxmox/monitors/guest/returned.ts";
import { Entry } from "../../../../plugins/proxmox/shapes/resources.ts";
import { ct, keys, told, vm } from "./guest-picture.ts";

const NOW = Date.UTC(2026, 5, 1, 12);
const AT = new Date(NOW - 600_000).toISOString();
const fresh = (): GuestNotes => ({
  lives: createLives(),
  motion: createMotion(),
  flights: createFlights(),
  returns: createReturns(),
  agents: new Map(),
  snapshots: new Map(),
  kills: new Map(),
});

test("a hung guest is the same hung guest after a restart, before anything was asked again", () => {
  const hung = vm({ agent: { answers: "no", failures: 4, since: AT, source: "GET /nodes/pve/qemu/101/agent/info", words: "got timeout", moves: "no" } });
  const notes = fresh();
  recallGuest(notes, hung, NOW);
  expect(notes.agents.get(101)).toMatchObject({ answers: "no", failures: 4, since: NOW - 600_000, askedAt: NOW, moved: false });
  const agent = agentOf(notes.agents.get(101), { rates: undefined, cpu: 0.25, cpus: 4 });
  expect(agent?.moves).toBe("unsure");
  const open = told([hung]);
  expect(keys(told([vm({ ...hung, agent })], open))).toEqual(["guest-hung guest/101 critical"]);
});

test("killed processes and snapshots are known again", () => {
  const notes = fresh();
  recallGuest(notes, ct({ kills: { count: 3, at: AT, process: "java", line: "kernel: oom-kill:", source: "GET /nodes/pve/journal" } }), NOW);
  expect(notes.kills.get(105)).toMatchObject({ count: 3, at: NOW - 600_000, process: "java" });
  recallSnapshots(notes, { guests: { "101": [{ name: "vzdump", at: AT, described: true }], "102": [{ name: "x", at: "never", described: false }] } }, NOW);
  expect(notes.snapshots.get(101)).toEqual({ askedAt: NOW, digest: undefined, snapshots: [{ name: "vzdump", at: NOW - 600_000, described: true }] });
  expect(notes.snapshots.get(102)?.snapshots).toEqual([]);
});

test("what is known by now is not overwritten, and senseless words recall nothing", () => {
  const notes = fresh();
  const known = { askedAt: NOW, answers: "yes" as const, failures: 0, since: NOW, source: "x" };
  notes.agents.set(101, known);
  recallGuest(notes, vm({ agent: { answers: "no", failures: 9, source: "y" } }), NOW - 1);
  expect(notes.agents.get(101)).toBe(known);
  recallGuest(notes, vm({ vmid: 102 }), NOW);
  for (const odd of [undefined, null, 7, { guests: 1 }, { guests: { "101": "x" } }]) recallSnapshots(notes, odd, NOW);
  expect([notes.agents.size, notes.kills.size, notes.snapshots.size]).toEqual([1, 0, 0]);
});

test("a look at the snapshots that failed takes nothing back of what was known of them, and tells nothing where nothing was", () => {
  const notes = fresh();
  const entry = Entry.parse({ type: "lxc", vmid: 105, node: "Home", status: "running" });
  const around = { notes, memory: createMemory(), tasks: new Map(), reach: new Map(), waits: new Map(), booted: new Map(), away: new Set<string>(), nowMs: NOW, skewMs: 0 };
  const found = () => findingsOf({ entry, vmid: 105, node: "Home", status: "running", startedAt: undefined }, around).snapshots;
  const late = { askedAt: NOW, digest: undefined, words: "no answer" };
  notes.snapshots.set(105, { ...late, snapshots: [] });
  expect(found()).toBeUndefined();
  notes.snapshots.set(105, { ...late, snapshots: [{ name: "vzdump", at: NOW - 7_200_000, described: false }] });
  expect(found()).toMatchObject({ count: 1, leftoverAt: new Date(NOW - 7_200_000).toISOString() });
});
