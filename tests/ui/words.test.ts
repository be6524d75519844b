// Figures, moments, verdicts and verbs as the page says them.
import { expect, test } from "bun:test";
import type { ToolInfo } from "../../core/contract/wire.ts";
import { bytes, weighted } from "../../ui/src/lib/format/figure.ts";
import { countdown, hourMinute, span, whole } from "../../ui/src/lib/format/moment.ts";
import { pathOf, pieces, summaryOf } from "../../ui/src/lib/format/trend.ts";
import { listed } from "../../ui/src/lib/incident/listed.ts";
import { aloudAfterMs, SILENT } from "../../ui/src/lib/resource/aloud.ts";
import { accessibleName, conditionOf, stateWord } from "../../ui/src/lib/resource/condition.ts";
import { cellWord, countsOf, guestWords, upWords } from "../../ui/src/lib/resource/count.ts";
import { membershipOf } from "../../ui/src/lib/resource/membership.ts";
import { isBlind } from "../../ui/src/lib/resource/sight.ts";
import { totalsOf } from "../../ui/src/lib/resource/totals.ts";
import { attentionOf, verdictOf } from "../../ui/src/lib/resource/verdict.ts";
import { firstWords } from "../../ui/src/lib/resource/voice.ts";
import { workOf } from "../../ui/src/lib/resource/work.ts";
import { readCommand } from "../../ui/src/lib/terminal/commands.ts";
import { offersFor, verbOf } from "../../ui/src/lib/tools/offer.ts";
import { actionsFor, inputFor } from "../../ui/src/lib/widget/read.ts";
import { quietHouse } from "../support/ui-house.ts";
import { busyHouse } from "../support/ui-story.ts";

const NOW = Date.UTC(2026, 10, 20, 20, 0);

test("bytes, spans and countdowns read as people write them", () => {
  expect([bytes(0), bytes(8.35 * 1024 ** 3), bytes(24 * 1024 ** 3), bytes(900)]).toEqual(["0 B", "8.3 GiB", "24 GiB", "900 B"]);
  expect([span(53_000), span(12 * 60_000), span(200 * 60_000), span(26 * 3_600_000)]).toEqual(["53 s", "12 min", "3 h 20 min", "1 d 2 h"]);
  expect([countdown(582_000), countdown(-5), countdown(3_723_000)]).toEqual(["9:42", "0:00", "1:02:03"]);
});

test("a moment that is pointed at says its day, its second and its age", () => {
  const at = new Date(2026, 10, 23, 9, 48, 21).getTime();
  expect([whole(at, at + 180_000), whole(at, at + 20_000), whole(at, at - 600_000)].map((words) => words.replace(/^Mon,? /, ""))).toEqual([
    "23 Nov 2026, 09:48:21, 3 min ago",
    "23 Nov 2026, 09:48:21, just now",
    "23 Nov 2026, 09:48:21, in 10 min",
  ]);
});

test("what Jarvis follows stands on top of the incidents, then what is open, then the newest", () => {
  const { incidents } = busyHouse(Date.UTC(2026, 10, 20, 20, 0));
  const ids = listed([...incidents].reverse()).map(({ id }) => id);
  expect(ids).toEqual(["inc-0142", "inc-0141", "inc-0140"]);
});

test("a mean leaves out what is not known, and is not known when nothing is", () => {
  expect(
    weighted([
      { value: 50, weight: 1 },
      { value: undefined, weight: 9 },
    ]),
  ).toBe(50);
  expect(weighted([{ value: undefined, weight: 1 }])).toBeUndefined();
});

test("missing readings are a gap in the line, never zero", () => {
  const points = [0, 10, 20, 120, 130].map((second): [number, number] => [second * 1000, 40]);
  expect(pieces(points)).toHaveLength(2);
  expect(pathOf(points, 0, 130_000).line.match(/M/g)).toHaveLength(2);
  expect(summaryOf([])).toBe("no data yet");
  expect(summaryOf([62, 70, 91].map((value, index): [number, number] => [index, value]))).toBe("rising, 62 to 91 percent");
});

test("a cell's name says what it is, how it stands and its load", () => {
  expect(accessibleName({ kind: "guest", name: "nextcloud", status: "up", vmid: 101, guestKind: "vm", cpu: 38 })).toBe("nextcloud, VM 101, running, CPU 38 percent");
  expect(accessibleName({ kind: "guest", name: "win", status: "down", vmid: 7, guestKind: "vm", cpu: 0 })).toBe("win, VM 7, stopped");
});

test("a stopped guest is no fault, a node that is down is; stale is said before either", () => {
  expect(conditionOf({ kind: "guest", name: "g", status: "down" })).toBe("off");
  expect(conditionOf({ kind: "node", name: "n", status: "down" })).toBe("crit");
  expect(conditionOf({ kind: "node", name: "n", status: "down", stale: true })).toBe("stale");
  expect(conditionOf({ kind: "guest", name: "g", status: "up", mark: "acting", stale: true })).toBe("act");
});

test("a healthy house is told as healthy and wants nothing", () => {
  const house = quietHouse(NOW);
  expect(attentionOf(house)).toEqual([]);
  expect(verdictOf(house, "live").lines).toEqual(["All is well.", "Nothing needs you."]);
  expect(verdictOf(house, "lost").lines[0]).toBe("Out of contact.");
});

test("every problem stands in the list with one verb, and the verdict counts those that need a person", () => {
  const house = busyHouse(NOW);
  expect(attentionOf(house).map(({ title, verb }) => [title, verb.label])).toEqual([
    ["nextcloud stopped by itself", "Watch"],
    ["ollama", "Review"],
    ["Home memory at 91 %", "Open"],
  ]);
  expect(verdictOf(house, "live").lines).toEqual(["Repairing nextcloud.", "One thing needs you."]);
});

test("a high level that is no fault yet is watched, as the chat says too, and needs nobody", () => {
  const house = quietHouse(NOW);
  const tank = house.drawn.resources["storage/home/tank"];
  if (!tank) throw new Error("the made-up house has no tank");
  tank.disk = 96;
  expect(attentionOf(house)).toMatchObject([{ tone: "warn", waits: true, title: "tank is at 96 %", verb: { label: "Open", sheet: "storage/home/tank" } }]);
  expect(verdictOf(house, "live")).toEqual({ lines: ["Stable.", "Nothing needs you. I watch one level."], tone: "fine" });
});

test("a token that may not see everything is told with its remedy, and nothing is called well", () => {
  const house = quietHouse(NOW);
  const words = "The token may not see everything: unknown: needs VM.Audit on /vms. Grant it as root on a node: pveum role modify";
  const status = { ...house.status, sources: [{ plugin: "farm", state: "ok" as const, since: new Date(NOW).toISOString(), words }] };
  expect(attentionOf({ ...house, status })).toMatchObject([{ tone: "stale", title: "Not all of farm can be seen", words, whole: true }]);
  expect(verdictOf({ ...house, status }, "live").lines).toEqual(["Not all is in sight.", "One thing needs you."]);
  expect(isBlind(status, house.drawn)).toBe(true);
  const whole = { ...house.status, sources: [{ plugin: "farm", state: "ok" as const, since: new Date(NOW).toISOString(), words: "fresh" }] };
  expect([isBlind(whole, house.drawn), attentionOf({ ...house, status: whole })]).toEqual([false, []]);
});

test("what is out of sight is in no sum but that of the unknown", () => {
  const guest = { kind: "guest", name: "g", status: "up" } as const;
  const all = [guest, { ...guest, status: "down" as const }, { ...guest, stale: true }, { ...guest, status: "unknown" as const }, { ...guest, template: true }];
  expect(countsOf(all)).toEqual({ up: 1, off: 1, unknown: 2 });
  expect([guestWords(all), guestWords([guest]), upWords(all)]).toEqual(["1 running, 1 off, 2 unknown", "1 running, 0 off", "1 of 4 up, 2 unknown"]);
  expect(cellWord({ ...guest, status: "unknown", hurtBy: "pve" })).toBe("unknown");
  const { drawn } = quietHouse(NOW);
  const tank = drawn.resources["storage/home/tank"];
  const before = totalsOf(drawn).storage.value ?? 0;
  const unseen = { ...drawn, resources: { ...drawn.resources, ...(tank ? { "storage/home/tank": { ...tank, status: "unknown" as const, disk: 99 } } : {}) } };
  const { value, age } = totalsOf(unseen).storage;
  expect([value !== undefined && Math.abs(value - before) < 12, age]).toEqual([true, "partly"]);
});

test("what cannot be seen is never called well, and an ask outlives its incident in the list", () => {
  const house = quietHouse(NOW);
  const dark = house.status && { ...house.status, sources: [{ plugin: "proxmox", state: "down" as const, since: new Date(NOW).toISOString(), words: "no answer within 10 s" }] };
  expect(verdictOf({ ...house, status: dark }, "live").lines).toEqual(["Not all is in sight.", "One thing needs you."]);
  expect(verdictOf({ ...house, drawn: undefined, status: dark }, "live").lines).toEqual(["Nothing to see yet.", "One thing needs you."]);
  const idle = { live: true, status: house.status, thinking: false, incidents: [], calls: [], drawn: house.drawn, asks: [] };
  expect(workOf({ ...idle, blind: true }).words).toBe("Nothing is broken that I can see.");
  expect(workOf({ ...idle, blind: false }).words).toBe("Nothing is broken.");
  const { asks, incidents } = busyHouse(NOW);
  const over = incidents.map((incident) => ({ ...incident, status: "resolved" as const }));
  expect(attentionOf({ ...house, asks, incidents: over }).map(({ id }) => id)).toEqual(asks.map(({ id }) => id));
});

test("Jarvis's state follows the line, the switch, then the work", () => {
  const { incidents, calls, drawn, asks, status } = busyHouse(NOW);
  const facts = { live: true, status, thinking: false, blind: false, incidents, calls, drawn, asks };
  expect(workOf(facts)).toMatchObject({ mood: "acting", word: "Verifying", target: "guest/112", done: 3 });
  expect(workOf({ ...facts, status: { ...status, killed: true } }).mood).toBe("held");
  expect(workOf({ ...facts, live: false, status: { ...status, killed: true } }).mood).toBe("disconnected");
  expect(workOf({ ...facts, incidents: [], drawn: { resources: {} }, thinking: true }).mood).toBe("thinking");
});

test("the voice says two sentences at most", () => {
  expect(firstWords("Version 8.2 runs. All is fine. Really.\nMore")).toBe("Version 8.2 runs. All is fine.");
});

test("a sentence too long to be said ends where a clause does, never within a word", () => {
  const long =
    "I have lost sight of farm/tasks since 16:25:50 UTC: the token a@b!observe was refused: it is expired, revoked or mistyped, or its user is disabled; the other side says only that it failed";
  expect(firstWords(long)).toBe("I have lost sight of farm/tasks since 16:25:50 UTC: the token a@b!observe was refused.");
  expect(firstWords("word ".repeat(60))).toEndWith("word…");
  expect(firstWords(`first, ${"word, ".repeat(60)}`)).toEndWith("word…");
});

test("a rule that is too long to be said is never said to hold for more than it does", () => {
  const verbs = ["restart", "reboot", "reset", "stop", "shutdown", "kill", "suspend", "pause", "hibernate", "destroy", "delete", "rollback", "migrate", "restore"].join(", ");
  expect(firstWords(`Rule 2 was added: it refuses every ${verbs} or move on gitea between 22:00 and 06:00.`)).toBe("Rule 2 was added.");
  const own = `${"and never, ever touch it again ".repeat(6)}`;
  expect(firstWords(`Rule 2 (chat) refuses every restart on gitea ("note: ${own}").`)).toEndWith("…");
});

test("a screen reader hears what is known at once, not that the house was being looked for, and then once in ten seconds", () => {
  const looking = { words: "Looking for the house.", tone: "unknown" as const };
  const well = { words: "All is well.", tone: "fine" as const };
  expect([aloudAfterMs(SILENT, "unknown"), aloudAfterMs(SILENT, "fine"), aloudAfterMs(looking, "fine"), aloudAfterMs(well, "needs"), aloudAfterMs(well, "unknown")]).toEqual([
    10_000, 0, 0, 10_000, 10_000,
  ]);
});

test("verbs come from the tools' titles, and only tools whose input can be filled are offered", () => {
  expect(["Start a guest", "Shut a guest down", "Stop a guest hard", "Restart the container"].map(verbOf)).toEqual(["Start", "Shut down", "Stop hard", "Restart"]);
  expect(["Trim a VM's disks", "Thaw a VM's file systems"].map(verbOf)).toEqual(["Trim disks", "Thaw file systems"]);
  const { tools } = quietHouse(NOW);
  const extra: ToolInfo = { name: "x_move", title: "Move a guest", about: "", effect: "disruptive", inputSchema: { properties: { vmid: {}, to: {} }, required: ["vmid", "to"] } };
  const guest = { id: "guest/101", kind: "guest" as const, name: "ollama", vmid: 101, status: "up" as const };
  expect(offersFor([...tools, extra], guest).map(({ verb, input }) => [verb, input])).toEqual([
    ["Shut down", { vmid: 101 }],
    ["Stop hard", { vmid: 101 }],
    ["Reboot", { vmid: 101 }],
  ]);
  expect(offersFor(tools, { ...guest, status: "down" }).map(({ verb }) => verb)).toEqual(["Start"]);
  expect(offersFor(tools, { id: "container/mgmt/caddy", kind: "container", name: "caddy", status: "up" }).map(({ input }) => input)).toEqual([
    { container: "container/mgmt/caddy" },
  ]);
});

test("what cannot be seen says why, not by which of its channels", () => {
  const house = quietHouse(NOW);
  const dark = { plugin: "farm", state: "stale" as const, since: new Date(NOW).toISOString(), words: "farm/tasks, farm/ha, farm/guests: the token was refused: look at it." };
  for (const words of [dark.words, "farm/tasks, farm/ha, farm/guests and 19 more: the token was refused: look at it."]) {
    const seen = attentionOf({ ...house, status: { ...house.status, sources: [{ ...dark, words }] } });
    expect(seen.find(({ id }) => id === "farm")).toMatchObject({ title: `Part of farm cannot be seen since ${hourMinute(NOW)}`, words: "the token was refused: look at it." });
  }
});

test("a storage is available or not: it does not run", () => {
  const tank = { id: "storage/pve/tank", kind: "storage" as const, name: "tank" };
  expect([stateWord({ ...tank, status: "up" }), stateWord({ ...tank, status: "down" })]).toEqual(["available", "not available, incident open"]);
});

test("a widget's actions show when their condition holds, and holes keep the type of what fills them", () => {
  const actions = [
    { title: "Start", tool: "t", input: { vmid: "{vmid}", why: "row {vmid}" }, each: true, when: { field: "state", is: "off" } },
    { title: "All", tool: "t", input: {} },
  ];
  const row = { vmid: 7, state: "off" };
  expect(actionsFor(actions, row, true).map(({ title }) => title)).toEqual(["Start"]);
  expect(actionsFor(actions, { state: "on" }, true)).toEqual([]);
  expect(actionsFor(actions, {}, false).map(({ title }) => title)).toEqual(["All"]);
  expect(actions[0] && inputFor(actions[0], row)).toEqual({ vmid: 7, why: "row 7" });
});

test("the command line takes the CLI's words, with and without a slash, and hands every other sentence on", () => {
  expect(readCommand("/status")).toEqual({ kind: "status" });
  expect(readCommand("./jarvis call x_start '{\"vmid\": 101}'")).toEqual({ kind: "call", tool: "x_start", input: { vmid: 101 } });
  expect(readCommand("call x_start {nope").kind).toBe("wrong");
  expect(readCommand("autonomy observe")).toEqual({ kind: "autonomy", mode: "observe" });
  expect(readCommand("autonomy wild").kind).toBe("wrong");
  expect(readCommand("kill")).toEqual({ kind: "kill", level: undefined });
  expect(readCommand("kill nextcloud for me").kind).toBe("wrong");
  expect(readCommand("status of nextcloud")).toEqual({ kind: "say", text: "status of nextcloud" });
  expect(readCommand("asks approve a1 'go on'")).toEqual({ kind: "decide", id: "a1", decision: "approve", words: "go on" });
});

test("totals and votes of nodes that are not seen now are told as stale, and as partly stale when some are", () => {
  const { drawn } = quietHouse(NOW);
  const darkened = (dark: (id: string) => boolean) => ({
    quorum: { votes: 4, of: 4, quorate: true },
    resources: Object.fromEntries(Object.entries(drawn.resources).map(([id, one]) => [id, dark(id) ? { ...one, stale: true } : one])),
  });
  const ages = (dark: (id: string) => boolean, live = true) => {
    const { cpu, memory, storage } = totalsOf(darkened(dark), live);
    return [cpu.age, memory.age, storage.age, membershipOf(darkened(dark), live)?.words];
  };
  expect(ages(() => false)).toEqual(["fresh", "fresh", "fresh", "Quorum 4 of 4"]);
  expect(ages((id) => id.startsWith("node/"))).toEqual(["stale", "stale", "fresh", "Quorum 4 of 4 (stale)"]);
  expect(ages((id) => id === "node/pve")).toEqual(["partly", "partly", "fresh", "Quorum 4 of 4"]);
  expect(ages(() => true)).toEqual(["stale", "stale", "stale", "Quorum 4 of 4 (stale)"]);
  expect(ages(() => false, false)).toEqual(["stale", "stale", "stale", "Quorum 4 of 4 (stale)"]);
});

test("nothing is called well while every node is only known from before", () => {
  const house = quietHouse(NOW);
  for (const one of Object.values(house.drawn.resources)) if (one.kind === "node") one.stale = true;
  expect(verdictOf(house, "live")).toEqual({ lines: ["Not all is in sight.", undefined], tone: "needs" });
});

test("nodes that are counted, because nothing tells votes, are only as new as each of them", () => {
  const node = { kind: "node", name: "n", status: "up" } as const;
  expect(membershipOf({ resources: { "node/a": node, "node/b": { ...node, stale: true } } }, true)?.words).toBe("Nodes 2 of 2 (partly stale)");
  expect(membershipOf({ resources: { "node/a": node, "node/b": { ...node, status: "down" } } }, true)?.words).toBe("Nodes 1 of 2");
  expect(membershipOf({ resources: {} }, true)).toBeUndefined();
});

test("a file of Jarvis's own that cannot be used wants a person's eye", () => {
  const house = quietHouse(NOW);
  const notices = [{ what: "The persona cannot be used", words: "jarvis.md:3:1: no such key", since: new Date(NOW).toISOString() }];
  const amiss = { ...house, status: { ...house.status, notices } };
  expect(attentionOf(amiss)).toMatchObject([{ tone: "warn", title: "The persona cannot be used", words: "jarvis.md:3:1: no such key", verb: { href: "/settings" } }]);
  expect(verdictOf(amiss, "live").lines).toEqual(["Stable.", "One thing needs you."]);
});
