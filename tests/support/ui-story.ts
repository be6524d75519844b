// The same house on a busy evening: one incident being verified, one plan that waits, a day with marks on it. Only data.
import type { Ask, Call } from "../../core/contract/call.ts";
import type { FeedEntry, IncidentDetail } from "../../core/contract/incident.ts";
import { quietHouse, type UiHouse } from "./ui-house.ts";

const MINUTE_MS = 60_000;
const OPERATOR = { kind: "operator", id: "dashboard", scope: "admin", tainted: false } as const;
const REMEDY = { kind: "remedy", id: "guest-crashed", scope: "operate", tainted: false } as const;

export const busyHouse = (now: number): UiHouse => {
  const iso = (minutes: number): string => new Date(now - minutes * MINUTE_MS).toISOString();
  const house = quietHouse(now);
  const start: Call = {
    callId: "call-77",
    tool: "hypervisor_guest_start",
    arguments: { vmid: 112 },
    target: "guest/112",
    identity: "ct:BC:24:11:00:01:12",
    effect: "reversible",
    caller: REMEDY,
    decision: "allow",
    rule: "reversible-act",
    state: "verifying",
    text: "Started; probe 2 of 2 runs.",
    upid: "UPID:pve:0003A7F1:0A1B2C3D:65A00000:vzstart:112:jarvis@pve!act:",
    createdAt: iso(1.4),
    incident: "inc-0142",
  };
  const open: IncidentDetail = {
    id: "inc-0142",
    resource: "guest/112",
    name: "nextcloud",
    title: "nextcloud stopped by itself",
    severity: "critical",
    status: "verifying",
    cause: {
      kind: "crash",
      words: "Its init process ended with a signal; no task and no person stopped it.",
      evidence: [
        { what: "vzstart is the last task; no vzstop or vzshutdown followed it", source: "GET /nodes/pve/tasks", at: iso(2.2) },
        { what: "lxc-start 112: Main process exited, code=killed, status=11/SEGV", source: "journal of pve", at: iso(2.3) },
      ],
      verdict: "fault",
    },
    openedAt: iso(2.25),
    callIds: ["call-77"],
    alert: "guest-stopped",
    words: "Started it again. I am watching whether it stays up.",
    timeline: [
      { at: iso(2.25), step: "detected", words: "nextcloud (112) on pve is stopped; it ran 9 s before." },
      { at: iso(2.1), step: "diagnosed", words: "A crash: signal 11 in the journal, no task, no person." },
      { at: iso(1.4), step: "acted", words: "Started it on pve, inside the rule for reversible acts.", callId: "call-77" },
      { at: iso(1.1), step: "verifying", words: "Running, uptime 41 s and growing; one clean look of two." },
    ],
    scene: {
      "config of ct 112": "arch: amd64\ncores: 4\nhostname: nextcloud\nmemory: 4096\nonboot: 1",
      "journal of pve": "lxc-start 112: Main process exited, code=killed, status=11/SEGV",
    },
  };
  const ask: Ask = {
    id: "ask-9",
    tool: "hypervisor_guest_reboot",
    arguments: { vmid: 101 },
    target: "guest/101",
    effect: "disruptive",
    why: "ollama holds 23 of 24 GiB since 20:14 and its GPU driver stopped answering. A reboot takes about 40 s.",
    expiresAt: new Date(now + 9.7 * MINUTE_MS).toISOString(),
    hash: "sha256:0f",
    callId: "call-78",
    caller: REMEDY,
  };
  const feed: FeedEntry[] = [
    { id: "b1", at: iso(1.1), kind: "acting", resource: "guest/112", incident: "inc-0142", words: "nextcloud is breathing again. I am watching it before I call it done." },
    { id: "b2", at: iso(1.4), kind: "acting", resource: "guest/112", incident: "inc-0142", callId: "call-77", words: "Started nextcloud (112) on pve." },
    { id: "b3", at: iso(2.2), kind: "found", resource: "guest/112", incident: "inc-0142", words: "nextcloud (112) crashed: signal 11 in the journal, and nobody stopped it." },
    { id: "b4", at: iso(14), kind: "held", resource: "guest/101", words: "I would reboot ollama, but I ask first." },
    { id: "b5", at: iso(52), kind: "left-alone", resource: "guest/125", words: "root@pam stopped k3s-lab. I leave it alone." },
    { id: "b6", at: iso(95), kind: "notice", resource: "guest/131", words: "pbs finished 21 backups; one guest has none." },
  ];
  const { resources } = house.drawn;
  const crashed = resources["guest/112"];
  const hot = resources["node/home"];
  if (crashed) resources["guest/112"] = { ...crashed, mark: "acting" };
  if (hot) resources["node/home"] = { ...hot, memory: 91 };
  const earlier: IncidentDetail = {
    ...open,
    id: "inc-0140",
    title: "tank was slow",
    name: "tank",
    resource: "storage/home/tank",
    severity: "warning",
    status: "resolved",
    openedAt: iso(330),
    resolvedAt: iso(300),
    callIds: [],
    words: "It was a scrub.",
    scene: {},
  };
  const done: Call = {
    ...start,
    callId: "call-70",
    arguments: { vmid: 130 },
    target: "guest/130",
    state: "succeeded",
    text: "adguard runs again.",
    createdAt: iso(189.5),
    endedAt: iso(189),
    incident: "inc-0141",
  };
  const denied: Call = {
    ...start,
    callId: "call-66",
    tool: "hypervisor_guest_stop",
    arguments: { vmid: 100 },
    target: "guest/100",
    effect: "disruptive",
    caller: OPERATOR,
    decision: "deny",
    rule: "self",
    state: "refused",
    text: "Jarvis itself runs in mgmt.",
    createdAt: iso(240),
    endedAt: iso(240),
  };
  return { ...house, incidents: [open, ...house.incidents, earlier], asks: [ask], feed: [...feed, ...house.feed], calls: [start, done, denied] };
};
