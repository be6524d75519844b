// Alerts to incidents: suspect, diagnose, keep the scene, have a remedy run through the pipeline, and see it end. Level-triggered: what to do
// next is decided from the alert as it stands and from the journal, so a restart loses nothing. It never acts but by an ordinary call.
import { z } from "zod";
import { isTerminal } from "../contract/call.ts";
import type { Cause } from "../contract/cause.ts";
import type { IncidentDetail } from "../contract/incident.ts";
import type { OpenAlert } from "../state/alerts.ts";
import type { TrackParts } from "./parts.ts";
import { createPatience } from "./patience.ts";
import { createRun } from "./run.ts";
import * as words from "./words.ts";

const Settled = z.record(z.string(), z.string());
const SETTLED_KEY = "alerts.settled";
const REPLAN_MS = 5_000;
/** Three ticks: sources tell what they saw last, and their own sources do so too. */
const SETTLES_MS = 30_000;
/** More open incidents than this nobody reads: beyond it none is opened but a critical one, beyond twice that none at all. */
const MOST_OPEN = 500;

export const createTracker = (parts: TrackParts) => {
  const { clock, log, kept, records, feed, suspicion } = parts;
  const settled = new Map(Object.entries(kept.get(SETTLED_KEY, Settled) ?? {}));
  const busy = new Set<string>();
  /** Alerts that a root explains, and when it was last seen to. */
  const explained = new Map<string, number>();
  const patience = createPatience(clock);
  /** What was meant to be down is no failure among failures. */
  const run = createRun({ ...parts, alerts: () => parts.alerts().filter((open) => !settled.has(open.id)) });
  let crowded = false;
  /** Until `start` nothing is begun: what was interrupted must be known first. */
  let stopped = true;

  const settle = (id: string, kind: string | undefined): void => {
    if (kind === undefined) settled.delete(id);
    else settled.set(id, kind);
    kept.set(SETTLED_KEY, Object.fromEntries(settled));
  };

  const exclusively = async (alert: OpenAlert, work: () => Promise<void>): Promise<void> => {
    if (busy.has(alert.id) || stopped) return;
    busy.add(alert.id);
    try {
      await work();
    } catch (thrown) {
      log("error", `handling ${alert.id} failed: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`);
    } finally {
      busy.delete(alert.id);
    }
  };

  const openIncident = (alert: OpenAlert): IncidentDetail | undefined => records.openOnes().find((incident) => incident.alert === alert.id);

  const leaveAlone = (alert: OpenAlert, cause: Cause): void => {
    settle(alert.id, cause.kind);
    const { kind, words: why, evidence } = cause;
    feed.add({ kind: "left-alone", resource: alert.resource, words: words.leftAlone(parts.nameOf(alert.resource), cause), cause: { kind, words: why, evidence } });
  };

  const isOpen = (alert: OpenAlert): boolean => parts.alerts().some((open) => open.id === alert.id);

  /** Said once, until there is room again. */
  const isFull = ({ severity }: OpenAlert): boolean => {
    const open = records.openOnes().length;
    if (open < MOST_OPEN) crowded = false;
    if (open < (severity === "critical" ? 2 * MOST_OPEN : MOST_OPEN)) return false;
    if (!crowded) feed.add({ kind: "notice", words: words.tooManyOpen(open) });
    crowded = true;
    return true;
  };

  const begin = async (alert: OpenAlert): Promise<void> => {
    if (isFull(alert)) return;
    const detectedAt = patience.since(alert.id);
    const cause = await suspicion.diagnose(alert, detectedAt);
    if (cause.verdict === "meant" && isOpen(alert)) return leaveAlone(alert, cause);
    if (isOpen(alert) && patience.waits(alert.id, cause)) return;
    const scene = await suspicion.scene(alert);
    if (!isOpen(alert) || isFull(alert)) return;
    const victims = alert.explains ? parts.victimsOf(alert.resource) : [];
    const incident = records.open(alert, parts.nameOf(alert.resource), cause, { scene, detectedAt, victims });
    run.judged(incident.id);
    const { kind, words: why, evidence } = cause;
    const text = `${words.found(alert.title, cause)}${words.withIt(victims.map(parts.nameOf))}`;
    feed.add({ kind: "found", resource: alert.resource, incident: incident.id, words: text, cause: { kind, words: why, evidence } });
    await run.advance(alert, incident.id, cause);
  };

  const resume = async (alert: OpenAlert, incident: IncidentDetail): Promise<void> => {
    if (!run.due(incident.id)) return;
    // Its monitor knows better by now: whoever was said to have left may turn out to have been sent.
    const isRetold = alert.cause !== undefined && alert.cause !== incident.cause.kind && !run.underway(incident);
    const cause = isRetold ? await suspicion.diagnose(alert, incident.openedAt) : await run.causeAgain(alert, incident);
    if (cause.verdict !== "meant") {
      // A second look may tell what the first could not: the record says what is acted on.
      const isNew = cause.kind !== incident.cause.kind || cause.verdict !== incident.cause.verdict;
      if (isNew) records.note(incident.id, "diagnosed", cause.words, { cause, words: cause.words });
      return run.advance(alert, incident.id, cause);
    }
    records.note(incident.id, "report", words.leftAlone(incident.name, cause), { status: "resolved", resolvedAt: clock.iso(), cause });
    parts.withdraw(incident.id, words.leftAlone(incident.name, cause));
    leaveAlone(alert, cause);
  };

  /** What another alert explains opens no incident; one that was opened before the root was seen ends as a part of it. */
  const fold = (alert: OpenAlert, root: OpenAlert): void => {
    const incident = openIncident(alert);
    if (incident && run.underway(incident)) return;
    const above = openIncident(root);
    if (above && !above.victims?.includes(alert.resource) && above.resource !== alert.resource)
      records.note(above.id, "note", words.alsoHurt(parts.nameOf(alert.resource), alert.title), { victims: [...(above.victims ?? []), alert.resource] });
    if (!incident) return;
    const text = words.partOf(root.title);
    records.note(incident.id, "report", text, { status: "resolved", resolvedAt: clock.iso(), words: text, partOf: root.resource });
    parts.withdraw(incident.id, text);
  };

  const isActedOn = (resource: string): boolean =>
    parts.callsOn(resource).some((call) => call.effect !== "read" && call.state !== "held" && call.state !== "proposed" && !isTerminal(call.state));

  const consider = (alert: OpenAlert): Promise<void> =>
    exclusively(alert, async () => {
      if (settled.has(alert.id) || !parts.seen(alert.channel)) return;
      // Its root has just gone, and what it is told by may be from before that: what comes back is given its time, then a newer reading decides.
      const explainedAt = parts.rootOf(alert) ? undefined : explained.get(alert.id);
      if (explainedAt !== undefined) {
        if (clock.now() - explainedAt < SETTLES_MS) return;
        explained.delete(alert.id);
        await parts.refresh(alert.channel);
        if (!isOpen(alert) || !parts.seen(alert.channel)) return;
      }
      const root = parts.rootOf(alert);
      if (root) {
        explained.set(alert.id, clock.now());
        patience.forget(alert.id);
        return fold(alert, root);
      }
      const incident = openIncident(alert);
      // What is being acted on goes down and up by that act: it is looked at when the act has ended.
      if (!incident && isActedOn(alert.resource)) return;
      if (!incident && !patience.isDue(alert.id)) return;
      await (incident ? resume(alert, incident) : begin(alert));
      if (!isOpen(alert)) end(alert);
    });

  const end = (alert: Pick<OpenAlert, "id">): void => {
    explained.delete(alert.id);
    patience.forget(alert.id);
    if (settled.has(alert.id)) settle(alert.id, undefined);
    for (const incident of records.openOnes().filter((open) => open.alert === alert.id && !run.underway(open))) run.ended(incident);
  };

  /** An act that lasts holds up its own alert alone: nobody waits for the whole round. */
  const replan = (): void => {
    const open = parts.alerts();
    const ids = new Set(open.map(({ id }) => id));
    for (const incident of records.openOnes()) if (!ids.has(incident.alert)) end({ id: incident.alert });
    for (const alert of open) void consider(alert);
  };

  let cancel = (): void => undefined;
  const tick = (): void => {
    cancel = clock.after(
      REPLAN_MS,
      () => {
        tick();
        replan();
      },
      true,
    );
  };

  return {
    told({ raised, ended }: { raised: readonly OpenAlert[]; ended: readonly OpenAlert[] }): void {
      for (const alert of ended) end(alert);
      for (const alert of raised) void consider(alert);
    },
    /** Begins the level-triggered round; also call `again` when the mode or a switch changed. */
    start(): void {
      stopped = false;
      replan();
      tick();
    },
    again(): void {
      run.forgetDelays();
      replan();
    },
    stop(): void {
      stopped = true;
      cancel();
    },
  };
};
