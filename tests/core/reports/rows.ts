// Rows and records for the tests of reports, with only what a test says about them. For tests only.
import type { Call } from "../../../core/contract/call.ts";
import type { FeedEntry, Incident } from "../../../core/contract/incident.ts";
import type { Material } from "../../../core/reports/material.ts";
import { type Calendar, daysOf, spanOn } from "../../../core/reports/period.ts";

export const BERLIN: Calendar = { timeZone: "Europe/Berlin", at: "07:00" };
/** In Berlin this day is 06:00 UTC to 06:00 UTC. */
export const DATE = "2026-11-22";
export const at = (time: string, date = DATE): string => `${date}T${time}.000Z`;

let count = 0;
export const call = (more: Partial<Call> & { state: Call["state"] }): Call => {
  count += 1;
  return {
    callId: `call-${count}`,
    tool: "farm_guest_start",
    arguments: { vmid: 101 },
    target: "guest/101",
    identity: null,
    effect: "reversible",
    caller: { kind: "remedy", id: "farm/start-guest", scope: "operate", tainted: false },
    decision: "allow",
    rule: "allowed",
    createdAt: at("13:03:06"),
    endedAt: at("13:03:26"),
    ...more,
  };
};

export const incident = (more: Partial<Incident> = {}): Incident => ({
  id: "INC-0001",
  resource: "guest/101",
  name: "nextcloud",
  title: "nextcloud stopped",
  severity: "critical",
  status: "resolved",
  cause: { kind: "crash", words: "Its process was ended by signal 11.", evidence: [{ what: "kvm[4711]: segfault", source: "journal of pve" }], verdict: "fault" },
  openedAt: at("13:03:05"),
  resolvedAt: at("13:03:31"),
  callIds: [],
  alert: "farm/guests#guest/101/down",
  words: "nextcloud is well again after 26 s. I checked twice.",
  ...more,
});

export const entry = (more: Partial<FeedEntry> & Pick<FeedEntry, "kind" | "words">): FeedEntry => ({ id: "f", at: at("13:03:06"), ...more });

export const material = (more: Partial<Material> = {}): Material => {
  const span = more.span ?? spanOn(BERLIN, "day", DATE);
  if (!span) throw new Error("no span");
  return {
    span,
    days: daysOf(BERLIN, span),
    timeZone: BERLIN.timeZone,
    nowMs: span.toMs + 1000,
    calls: [],
    isCut: false,
    proofs: new Map(),
    late: [],
    incidents: [],
    moreIncidents: 0,
    feed: [],
    isFeedCut: false,
    unseen: [],
    asks: new Map(),
    nameOf: (id) => (id === "guest/101" ? "nextcloud" : id),
    ...more,
  };
};
