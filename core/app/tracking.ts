// The incidents' parts, wired: alerts that survive a restart, probes and diagnoses by plugin, remedies through the pipeline.
import { z } from "zod";
import type { Call } from "../contract/call.ts";
import { Alert } from "../contract/resource.ts";
import type { PluginInfo } from "../contract/wire.ts";
import type { BoundDiagnose, BoundPrescribe, BoundRemedy } from "../incidents/bound.ts";
import type { Feed } from "../incidents/feed.ts";
import { createGivenUp } from "../incidents/given-up.ts";
import type { Records } from "../incidents/record.ts";
import { createSuspicion } from "../incidents/suspicion.ts";
import { createTracker } from "../incidents/track.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { nameless } from "../lib/plain-call.ts";
import { createAlerts } from "../state/alerts.ts";
import type { BoundMonitor } from "../state/bound.ts";
import type { Poller } from "../state/poller.ts";
import type { Resources } from "../state/resources.ts";
import { isInside, rootOf, victimsOf } from "../state/roots.ts";
import type { StateStore } from "../state/store.ts";
import { HISTORY_MINUTES } from "../store/history/tiers.ts";
import type { History } from "../store/history.ts";
import type { Kept } from "../store/kept.ts";
import type { Pipeline } from "../tools/pipeline.ts";
import type { Registry } from "../tools/registry.ts";
import { createPrescriptions } from "./prescriptions.ts";

/** Of an hour; budgets let far fewer happen. */
const MOST_ACTS = 200;
const OPEN_KEY = "alerts.open";
const OpenAlerts = z.array(Alert.extend({ id: z.string(), plugin: z.string(), channel: z.string() }));

interface Parts {
  clock: Clock;
  log: Log;
  kept: Kept;
  store: StateStore;
  records: Records;
  feed: Feed;
  history: Pick<History, "history">;
  resources: Resources;
  poller: Poller;
  pipeline: Pipeline;
  registry: Pick<Registry, "get">;
  /** What the operator allows now, in one text. */
  law: () => string;
  /** Whether Jarvis mends unasked. */
  acts: () => boolean;
  journal: { get(callId: string): Call | undefined; byTarget(target: string): Call[]; list(wanted: { limit: number; effects: "changes" }): Call[] };
}

export const createTracking = ({ clock, log, kept, store, records, feed, history: past, resources, poller, pipeline, registry, law, acts, journal }: Parts) => {
  const monitors = new Map<string, BoundMonitor>();
  const diagnoses = new Set<BoundDiagnose>();
  const remedies = new Set<BoundRemedy>();
  const prescriptions = createPrescriptions({ log, clock, resources, registry });
  const history = (pattern: string) => past.history(pattern, clock.now(), HISTORY_MINUTES).series;
  const callsOn = (target: string): Call[] => journal.byTarget(target);

  const suspicion = createSuspicion({ clock, log, monitors: () => [...monitors.values()], diagnoses: () => [...diagnoses], history, ours: callsOn });
  const alerts = createAlerts({
    clock,
    store,
    log,
    open: kept.get(OPEN_KEY, OpenAlerts) ?? [],
    told: ({ raised, ended, open }) => {
      kept.remember(OPEN_KEY, open);
      tracker.told({ raised, ended });
    },
  });
  const givenUp = createGivenUp(records.openOnes, journal.get);
  const tracker = createTracker({
    clock,
    log,
    kept,
    records,
    feed,
    suspicion,
    remedies: () => [...remedies],
    prescribe: (about) => prescriptions.read({ ...about, open: alerts.list() }),
    toolAt: prescriptions.toolAt,
    isUp: (id) => resources.get(id)?.stale === false && resources.get(id)?.status === "up",
    exists: (id) => resources.get(id) !== undefined,
    signs: (id) => {
      const { status, parent, labels, protected: guarded } = resources.get(id) ?? {};
      return JSON.stringify([status, parent, labels, guarded]);
    },
    law,
    acts,
    nameOf: (id) => resources.get(id)?.name ?? nameless(id),
    countOf: (id) => resources.list().filter((resource) => resource.kind === id.split("/")[0]).length,
    rootOf: (alert) => {
      const gone = givenUp();
      return rootOf(alert, alerts.list(), resources.get, ({ id }) => !gone.has(id));
    },
    isInside: (id, carrier) => isInside(id, carrier, resources.get),
    victimsOf: (id) => victimsOf(id, resources.list()),
    alerts: alerts.list,
    seen: (channel) => store.get(channel)?.stale === false,
    refresh: poller.refresh,
    call: ({ remedy, by, ...request }) => pipeline.call({ ...request, caller: { kind: by, id: remedy, scope: "operate", tainted: false }, remedy, waitSeconds: 0 }),
    callsOn,
    recentActs: () => journal.list({ limit: MOST_ACTS, effects: "changes" }),
    getCall: journal.get,
    withdraw: pipeline.withdraw,
    waitFor: (callId) => pipeline.wait(callId),
  });

  pipeline.onLate(({ callId, target, incident }, words) => {
    if (incident !== undefined) records.note(incident, "note", words, { callId });
    feed.add({ kind: "notice", words, callId, ...(target === null ? {} : { resource: target }), ...(incident === undefined ? {} : { incident }) });
  });

  const undo = <T>(set: Set<T>, entry: T): (() => void) => {
    set.add(entry);
    return () => set.delete(entry);
  };

  return {
    tracker,
    alerts: alerts.list,
    /** Once all that is configured had its chance to start: what a plugin that is off, or a monitor it has no more, told of before stands for ever else. One that failed to start may be back. */
    settled(plugins: readonly Pick<PluginInfo, "id" | "state">[]): void {
      const states = new Map(plugins.map(({ id, state }) => [id, state]));
      const over = alerts.abandon(({ plugin }) => ["off", "running"].includes(states.get(plugin) ?? "off"));
      if (over.length === 0) return;
      kept.remember(OPEN_KEY, alerts.list());
      tracker.abandoned(over);
    },
    addMonitor(monitor: BoundMonitor): () => void {
      monitors.set(monitor.channel, monitor);
      const forget = alerts.add(monitor);
      return () => {
        monitors.delete(monitor.channel);
        forget();
      };
    },
    addDiagnose: (diagnose: BoundDiagnose): (() => void) => undo(diagnoses, diagnose),
    addRemedy: (remedy: BoundRemedy): (() => void) => undo(remedies, remedy),
    addPrescribe: (prescribe: BoundPrescribe): (() => void) => prescriptions.add(prescribe),
    /** `plugin/name` of every remedy and of all that may be prescribed. */
    deeds: async (): Promise<string[]> => [...[...remedies].map(({ id }) => id), ...(await prescriptions.names())],
  };
};

export type Tracking = ReturnType<typeof createTracking>;
