// From a suspicion to a cause: asks the probes once, then the diagnosis. Touches nothing; what cannot be read is said as such.
import { type Call, wasSent } from "../contract/call.ts";
import type { Cause } from "../contract/cause.ts";
import type { Series } from "../contract/context.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { OpenAlert } from "../state/alerts.ts";
import type { BoundMonitor } from "../state/bound.ts";
import type { BoundDiagnose } from "./bound.ts";
import { bounded } from "./scene.ts";

const PROBE_DEADLINE_MS = 20_000;

interface Options {
  clock: Clock;
  log: Log;
  monitors: () => readonly BoundMonitor[];
  diagnoses: () => readonly BoundDiagnose[];
  history: (pattern: string) => Record<string, Series>;
  /** Our own calls on a target, newest first. */
  ours: (target: string) => readonly Call[];
}

/** What a detector that knows its cause says of it. */
const proofOf = ({ cause, why, title, evidence = [] }: OpenAlert): Cause | undefined =>
  cause === undefined ? undefined : { kind: cause, words: why ?? title, evidence: [...evidence], verdict: "fault" };

export const createSuspicion = ({ clock, log, monitors, diagnoses, history, ours }: Options) => {
  const within = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const deadline = new AbortController();
    const cancel = clock.after(PROBE_DEADLINE_MS, () => deadline.abort(new Error("the probe took too long")));
    const cut = new Promise<never>((_, reject) => deadline.signal.addEventListener("abort", () => reject(deadline.signal.reason), { once: true }));
    try {
      return await Promise.race([work(deadline.signal), cut]);
    } finally {
      cancel();
    }
  };

  const probe = async (alert: OpenAlert): Promise<Record<string, unknown>> => {
    const asked = monitors().filter((monitor) => monitor.plugin === alert.plugin && monitor.probe);
    const answers = await Promise.all(
      asked.map(async (monitor) => {
        try {
          return (await within((signal) => monitor.probe?.({ resource: alert.resource, alert }, signal) ?? Promise.resolve({}))) satisfies Record<string, unknown>;
        } catch (thrown) {
          log("warn", `${monitor.channel}: its probe of ${alert.resource} failed: ${String(thrown)}`);
          return { [`${monitor.channel}#error`]: String(thrown) };
        }
      }),
    );
    return Object.assign({}, ...answers);
  };

  const unclear = (words: string): Cause => ({ kind: "unknown", words, evidence: [], verdict: "unclear" });

  return {
    async diagnose(alert: OpenAlert, openedAt: string): Promise<Cause> {
      const doctor = diagnoses().find((candidate) => candidate.on.includes(alert.key));
      if (!doctor) return proofOf(alert) ?? unclear("Nobody here knows how to tell why.");
      const probes = await probe(alert);
      // What was refused, or only asked for, never reached it: it stopped nothing.
      const calls = ours(alert.resource)
        .filter(({ state }) => wasSent(state))
        .map((call) => ({ tool: call.tool, at: call.createdAt, ...(call.upid ? { upid: call.upid } : {}) }));
      try {
        return await within((signal) => doctor.read({ alert, probes, history: history(`${alert.resource}/*`), openedAt, ours: calls }, signal));
      } catch (thrown) {
        log("error", `${doctor.plugin}: its diagnosis of ${alert.resource} failed: ${String(thrown)}`);
        return unclear("The diagnosis itself failed, so I will not guess.");
      }
    },

    /** Logs, configuration, task log and the last minutes of numbers, before anything is touched. */
    async scene(alert: OpenAlert): Promise<Record<string, string>> {
      const asked = monitors().filter((monitor) => monitor.plugin === alert.plugin && monitor.scene);
      const pieces = await Promise.all(
        asked.map((monitor) =>
          within((signal) => monitor.scene?.({ resource: alert.resource }, signal) ?? Promise.resolve({})).catch((thrown) => ({
            [monitor.channel]: `could not be kept: ${String(thrown)}`,
          })),
        ),
      );
      const all: Record<string, string> = Object.assign({ "last 15 minutes": JSON.stringify(history(`${alert.resource}/*`)) }, ...pieces);
      return bounded(all);
    },
  };
};

export type Suspicion = ReturnType<typeof createSuspicion>;
