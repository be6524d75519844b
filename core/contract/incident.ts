// An incident and a feed line: what went wrong, why, what was done, for people and programs.
import { z } from "zod";
import { Cause } from "./cause.ts";
import { Severity } from "./resource.ts";

export const IncidentStatus = z.enum(["open", "acting", "verifying", "resolved", "escalated"]);
export type IncidentStatus = z.infer<typeof IncidentStatus>;

export const Incident = z.object({
  id: z.string(),
  resource: z.string(),
  /** The owner's name for the resource. */
  name: z.string(),
  title: z.string(),
  severity: Severity,
  status: IncidentStatus,
  cause: Cause,
  openedAt: z.string(),
  resolvedAt: z.string().optional(),
  callIds: z.array(z.string()),
  /** Ids of what fails with it and by it: no faults of their own. */
  victims: z.array(z.string()).optional(),
  /** The alert behind it. */
  alert: z.string(),
  /** One sentence on how it stands or ended. */
  words: z.string().optional(),
  /** The resource whose fault it turned out to be part of; it ended with that. */
  partOf: z.string().optional(),
  /** What was last prescribed for it, and by which remedy or runbook: the pipeline lets a step of it use these tools on these resources, and nothing else. */
  prescribed: z.object({ by: z.string(), tools: z.array(z.string()), targets: z.array(z.string()) }).optional(),
});
export type Incident = z.infer<typeof Incident>;

/** The five steps of the screen. */
export const TimelineStep = z.enum(["detected", "diagnosed", "acted", "verifying", "report", "note"]);
export const TimelineEntry = z.object({ at: z.string(), step: TimelineStep, words: z.string(), callId: z.string().optional() });
export type TimelineEntry = z.infer<typeof TimelineEntry>;

/** `scene`: what was kept before anything was touched, piece name -> text. */
export const IncidentDetail = Incident.extend({ timeline: z.array(TimelineEntry), scene: z.record(z.string(), z.string()) });
export type IncidentDetail = z.infer<typeof IncidentDetail>;

export const FeedKind = z.enum(["left-alone", "found", "acting", "fixed", "failed", "held", "notice"]);
export type FeedKind = z.infer<typeof FeedKind>;
export const FeedEntry = z.object({
  id: z.string(),
  at: z.string(),
  kind: FeedKind,
  resource: z.string().optional(),
  incident: z.string().optional(),
  callId: z.string().optional(),
  words: z.string(),
  cause: Cause.pick({ kind: true, words: true, evidence: true }).optional(),
});
export type FeedEntry = z.infer<typeof FeedEntry>;
