// What the tracker is handed: closures over the layers it may not import.
import type { Call, CallAnswer } from "../contract/call.ts";
import type { Cause } from "../contract/cause.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { OpenAlert } from "../state/alerts.ts";
import type { Kept } from "../store/kept.ts";
import type { BoundRemedy, Plan, ToolAt } from "./bound.ts";
import type { Feed } from "./feed.ts";
import type { Records } from "./record.ts";
import type { Suspicion } from "./suspicion.ts";

export interface TrackParts {
  clock: Clock;
  log: Log;
  kept: Kept;
  records: Records;
  feed: Feed;
  suspicion: Suspicion;
  remedies: () => readonly BoundRemedy[];
  /** What somebody prescribes for an incident that no remedy answers. */
  prescribe: (about: { alert: OpenAlert; cause: Cause }) => Promise<Plan | undefined>;
  /** Undefined: there is no such tool now. */
  toolAt: (tool: string, input: unknown) => ToolAt | undefined;
  isUp: (resource: string) => boolean;
  /** Whether it is among the things that are there, in sight or not. */
  exists: (resource: string) => boolean;
  /** How a thing stands, as far as it decides what may be done to it: its status, its place, its labels. Absent: nobody can tell. */
  signs?: (resource: string) => string;
  /** Whether Jarvis mends unasked. Absent: it does. */
  acts?: () => boolean;
  /** What the operator allows now, in one text: another one is another law. */
  law?: () => string;
  nameOf: (resource: string) => string;
  /** How many things of the resource's kind there are. */
  countOf: (resource: string) => number;
  /** The open alert that explains this one and has not been given up, and all that stands on a resource. */
  rootOf: (alert: OpenAlert) => OpenAlert | undefined;
  /** Whether the first lies inside the second (a container in a guest), and does not merely need it. */
  isInside: (resource: string, carrier: string) => boolean;
  victimsOf: (resource: string) => string[];
  /** Open alerts as the monitors tell them now. */
  alerts: () => readonly OpenAlert[];
  /** Whether the channel's newest reading is good: an alert of the run before, or behind a lost source, proves nothing now. */
  seen: (channel: string) => boolean;
  refresh: (channel: string) => Promise<void>;
  call: (request: { tool: string; arguments: unknown; by: "remedy" | "runbook"; remedy: string; incident: string; hold?: string }) => Promise<CallAnswer>;
  /** Ends what waits for a person's word on this incident: it is no longer wanted. */
  withdraw: (incident: string, words: string) => void;
  callsOn: (target: string) => readonly Call[];
  /** The newest acts on anything. */
  recentActs: () => readonly Call[];
  getCall: (callId: string) => Call | undefined;
  waitFor: (callId: string) => Promise<Call>;
}
