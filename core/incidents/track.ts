// Alerts to incidents: suspect, diagnose, keep the scene, have a remedy run through the pipeline, and see it end. Level-triggered: what to do
// next is decided from the alert as it stands and from the journal, so a restart loses nothing. It never acts but by an ordinary call.
import { z } from "zod";
import { isTerminal } from "../contract/call.ts";
import type { Cause } from "../contract/cause.ts";
import type { IncidentDetail } from "../contract/incident.ts";
import type { OpenAlert } from "../state/alerts.ts";
import { createFlaps, flapWords } from "./flap.ts";
import { createFolds } from "./fold.ts";
import type { TrackParts } from "./parts.ts";
import { createPatience } from "./patience.ts";
import { createRoom } from "./room.ts";
import { createRun } from "./run.ts";
import { createStorm, graver, STORM_ALERT } from "./storm.ts";
import * as words from "./words.ts";

const Settled = z.record(z.string(), z.string());
const SETTLED_KEY = "alerts.settled";
const REPLAN_MS = 5_000;
/** Each look asks the other side anew. */
const FALTERED_MS = 15_000;

export const createTracker = (parts: TrackParts) => {
  const { clock, log, kept, records, feed, suspicion } = parts;
  const settled = new Map(Object.entries(kept.get(SETTLED_KEY, Settled) ?? {}));
  const busy = new Set<string>();
  /** Those whose handling threw, most often on a full disk: until when each is let be. */
  const faltered = new Map<string, number>();
  const room = createRoom({ clock, hasRoom: kept.hasRoom });
  const patience = createPatience(clock);
  const storm = createStorm({ ...parts, standing: () => parts.alerts().filter((alert) => !settled.has(alert.id) && !parts.rootOf(alert)).length });
  /** What was meant to be down is no failure among failures. */
  const run = createRun({ ...parts, alerts: () => parts.alerts().filter((open) => !settled.has(open.id)) });
  /** Alerts whose monitor is there no more. */
  const abandoned = new Set<string>();
  /** As the last round found it: what was refused under another is tried again at once. */
  let law = parts.law?.();
  /** Until `start` nothing is begun: what was interrupted must be known first. */
  let stopped = true;

  const settle = (id: string, kind: string | undefined): void => {
    if (kind === undefined) settled.delete(id);
    else settled.set(id, kind);
    kept.remember(SETTLED_KEY, Object.fromEntries(settled));
  };

  const failed = (id: string, thrown: unknown): void => log("error", `handling ${id} failed: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`);

  const exclusively = async (alert: OpenAlert, work: () => Promise<void>): Promise<void> => {
    if (busy.has(alert.id) || stopped || clock.now() < (faltered.get(alert.id) ?? 0) || !room.isThere()) return;
    busy.add(alert.id);
    try {
      await work();
      faltered.delete(alert.id);
    } catch (thrown) {
      faltered.set(alert.id, clock.now() + FALTERED_MS);
      failed(alert.id, thrown);
      room.doubted();
    } finally {
      busy.delete(alert.id);
    }
  };

  const openIncident = (alert: OpenAlert): IncidentDetail | undefined => records.openOnes().find((incident) => incident.alert === alert.id);
  const folds = createFolds(parts, { openIncident, underway: run.underway, ended: run.forget, isMeant: ({ id }) => settled.has(id) });

  const flaps = createFlaps(parts);

  const leaveAlone = (alert: OpenAlert, cause: Cause): void => {
    settle(alert.id, cause.kind);
    storm.left(alert.id);
    const { kind, words: why, evidence } = cause;
    feed.add({ kind: "left-alone", resource: alert.resource, words: words.leftAlone(parts.nameOf(alert.resource), cause), cause: { kind, words: why, evidence } });
  };

  const isOpen = (alert: OpenAlert): boolean => parts.alerts().some((open) => open.id === alert.id);

  const begin = async (alert: OpenAlert): Promise<void> => {
    const detectedAt = patience.since(alert.id);
    const cause = flaps.judged(alert, await suspicion.diagnose(alert, detectedAt));
    if (cause.verdict === "meant" && isOpen(alert)) return leaveAlone(alert, cause);
    if (isOpen(alert) && patience.waits(alert.id, cause)) return;
    const scene = await suspicion.scene(alert);
    if (!isOpen(alert)) return;
    const victims = alert.explains ? parts.victimsOf(alert.resource) : [];
    const incident = records.open(alert, parts.nameOf(alert.resource), cause, { scene, detectedAt, victims });
    run.judged(incident.id);
    const inVain = folds.release(alert);
    if (inVain !== undefined) records.note(incident.id, "note", inVain);
    const { kind, words: why, evidence } = cause;
    const text = words.withIt(words.found(alert.title, cause), victims.map(parts.nameOf));
    feed.add({ kind: "found", resource: alert.resource, incident: incident.id, words: text, cause: { kind, words: why, evidence } });
    if (!flaps.isFlapping(incident)) return run.advance(alert, incident.id, cause);
    records.note(incident.id, "report", flapWords(incident.name), { status: "escalated", words: flapWords(incident.name) });
  };

  const resume = async (alert: OpenAlert, incident: IncidentDetail): Promise<void> => {
    if (!run.due(alert, incident)) return;
    // Its monitor knows better by now: whoever was said to have left may turn out to have been sent.
    const isRetold = flaps.isFlapping(incident) || (alert.cause !== undefined && alert.cause !== incident.cause.kind && !run.underway(incident));
    const cause = isRetold ? await suspicion.diagnose(alert, incident.openedAt) : await run.causeAgain(alert, incident);
    if (cause.verdict !== "meant") {
      // A second look may tell what the first could not: the record says what is acted on.
      const isNew = cause.kind !== incident.cause.kind || cause.verdict !== incident.cause.verdict;
      if (isNew) records.note(incident.id, "diagnosed", cause.words, { cause, words: cause.words });
      return run.advance(alert, incident.id, cause);
    }
    records.note(incident.id, "report", words.leftAlone(incident.name, cause), { status: "resolved", resolvedAt: clock.iso(), cause });
    parts.withdraw(incident.id, words.leftAlone(incident.name, cause));
    run.forget(incident.id);
    leaveAlone(alert, cause);
  };

  const isActedOn = (resource: string): boolean =>
    parts.callsOn(resource).some((call) => call.effect !== "read" && call.state !== "held" && call.state !== "proposed" && !isTerminal(call.state));

  /** What a root explains waits with it. */
  const isExplained = (alert: OpenAlert): boolean => {
    const root = parts.rootOf(alert);
    if (!root) return false;
    storm.left(alert.id);
    patience.forget(alert.id);
    folds.fold(alert, root);
    return true;
  };

  /** Its root went: what comes back is given its time, then a newer reading decides. */
  const stillStands = async (alert: OpenAlert): Promise<boolean> => {
    if (folds.isSettling(alert)) return false;
    folds.readAnew(alert);
    await parts.refresh(alert.channel);
    return isOpen(alert) && parts.seen(alert.channel) && !isExplained(alert);
  };

  const consider = (alert: OpenAlert): Promise<void> =>
    exclusively(alert, async () => {
      if (settled.has(alert.id)) return;
      // Of what is out of sight nobody can say that it still stands, so it waits in no line either.
      if (!parts.seen(alert.channel)) return storm.left(alert.id);
      if (isExplained(alert)) return;
      if (folds.isWaiting(alert) && !(await stillStands(alert))) return;
      const incident = openIncident(alert);
      if (incident && flaps.holds(incident, true)) return;
      if (!incident && (!patience.isDue(alert.id) || !storm.admits(alert))) return;
      // What is being acted on goes down and up by that act: it is looked at when the act has ended.
      if (!incident && isActedOn(alert.resource)) return;
      await (incident ? resume(alert, incident) : begin(alert));
      if (!isOpen(alert)) end(alert);
    });

  const end = (alert: Pick<OpenAlert, "id">): void => {
    folds.forget(alert.id);
    storm.left(alert.id);
    patience.forget(alert.id);
    faltered.delete(alert.id);
    if (settled.has(alert.id)) settle(alert.id, undefined);
    try {
      const isOver = (open: IncidentDetail): boolean => open.alert === alert.id && !run.underway(open) && (abandoned.has(alert.id) || !flaps.holds(open, false));
      for (const incident of records.openOnes().filter(isOver)) {
        run.ended(incident, abandoned.has(alert.id));
        flaps.forget(incident.id);
      }
    } catch (thrown) {
      // What could not be written stays open, and is looked at again with the next round.
      failed(alert.id, thrown);
    }
  };

  const lookAtStorm = (): void => {
    try {
      if (!stopped) storm.look();
    } catch (thrown) {
      failed(STORM_ALERT, thrown);
    }
  };

  /** An act that lasts holds up its own alert alone: nobody waits for the whole round. */
  const replan = (): void => {
    const now = parts.law?.();
    if (now !== law) run.forgetDelays();
    law = now;
    const open = parts.alerts();
    const ids = new Set([STORM_ALERT, ...open.map(({ id }) => id)]);
    for (const incident of records.openOnes()) if (!ids.has(incident.alert)) end({ id: incident.alert });
    for (const alert of open.toSorted(graver)) void consider(alert);
    lookAtStorm();
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
      for (const alert of raised.toSorted(graver)) void consider(alert);
      lookAtStorm();
    },
    /** Nobody can tell any more whether these still stand. */
    abandoned(alerts: readonly OpenAlert[]): void {
      for (const alert of alerts) {
        abandoned.add(alert.id);
        end(alert);
      }
    },
    /** Begins the level-triggered round; also call `again` when the mode or a switch changed. */
    start(): void {
      stopped = false;
      // The run before may have died between the end of an alert and that of the wish behind it.
      for (const id of [...settled.keys()]) if (!parts.alerts().some((open) => open.id === id)) settle(id, undefined);
      replan();
      tick();
    },
    again(): void {
      run.forgetDelays();
      faltered.clear();
      replan();
    },
    stop(): void {
      stopped = true;
      cancel();
    },
  };
};
