// What the MCP server is handed: closures over the house, in the contract's words. Holds no behaviour, and nothing here approves, releases or raises.

import type { z } from "zod";
import type { Ask, Call, CallAnswer } from "../contract/call.ts";
import type { Caller } from "../contract/caller.ts";
import type { Incident, IncidentDetail } from "../contract/incident.ts";
import type { Report } from "../contract/report.ts";
import type { LiveResource } from "../contract/resource.ts";
import type { CoreStatus, KillLevel, Modes } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import type { BoundTool } from "../tools/bound.ts";
import type { CallRequest } from "../tools/request.ts";

/** How a call is waited for. */
export interface Following {
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** Each state it comes to meanwhile. */
  readonly moved?: (call: Call) => void;
}

export interface McpFaces {
  readonly clock: Clock;
  readonly version: string;
  readonly tools: () => readonly BoundTool[];
  readonly tool: (name: string) => BoundTool | undefined;
  /** The one pipeline. Throws bad_input, not_found, unavailable; all else is an answer. */
  readonly call: (request: CallRequest) => Promise<CallAnswer>;
  /** A call as it stands, and whose it is; undefined when there is none. */
  readonly answer: (callId: string) => { readonly answer: CallAnswer; readonly tool: string; readonly caller: Caller; readonly createdAt: string } | undefined;
  /** Resolves when nothing moves on by itself, when the seconds are over or the signal aborts: with the call as it stands then. */
  readonly follow: (callId: string, how: Following) => Promise<CallAnswer>;
  readonly resources: () => readonly LiveResource[];
  readonly status: () => CoreStatus;
  readonly incidents: () => readonly Incident[];
  readonly incident: (id: string) => IncidentDetail | undefined;
  readonly asks: () => readonly Ask[];
  readonly report: (period: "day" | "week") => Promise<Report>;
  /** Names, without their ending. */
  readonly runbooks: () => Promise<readonly string[]>;
  readonly runbook: (name: string) => Promise<string | undefined>;
  /** Engages; never releases or lightens. */
  readonly kill: (level: KillLevel, reason: string | undefined, by: Caller) => z.output<typeof Modes>;
}

/** Who stands at the door: `credential` owns sessions, `deckUrl` is where a person decides. */
export interface Visitor {
  readonly caller: Caller;
  readonly credential: string;
  readonly deckUrl: string;
}

/** What changed, as its readers are told: which tools there are, or what stands at one address. */
export type Change = { readonly what: "tools" } | { readonly what: "resources" } | { readonly what: "resource"; readonly uri: string };
