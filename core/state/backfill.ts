// Asks monitors for the past of what they tell of, one resource at a time and seldom; the monitor says when it cannot be now. What we saw ourselves stays as it is.
import { JarvisError } from "../contract/error.ts";
import type { Past, PastWanted } from "../contract/past.ts";
import type { Clock } from "../lib/clock.ts";
import { link } from "../lib/link.ts";
import type { Log } from "../lib/log.ts";
import type { FillState } from "../store/history/fill.ts";
import type { History } from "../store/history.ts";
import type { BoundMonitor } from "./bound.ts";
import type { Resources } from "./resources.ts";

/** Nobody waits for the past: it comes after everything else, also at a first start. On the wall: what it costs, it costs there, however fast the clock runs. */
const [FIRST_MS, EVERY_MS, LATER_MS, AFTER_FAILURE_MS] = [90_000, 20_000, 60_000, 300_000];
const DEADLINE_MS = 30_000;
const LOOKED_AT = 50;
const MOST_TRIES = 3;
/** Without readings for longer than this, what was missed is asked for. */
const MISSED_MS = 15 * 60_000;

interface Options {
  clock: Clock;
  log: Log;
  history: Pick<History, "fill" | "newest">;
  resources: Pick<Resources, "told">;
}

type Asker = BoundMonitor & { readonly backfill: NonNullable<BoundMonitor["backfill"]> };

interface Candidate {
  readonly monitor: Asker;
  readonly id: string;
  readonly state: FillState;
}

/** As the figures of resources are named. */
const seriesOf = ({ figures }: Past, id: string): Past["figures"] => Object.fromEntries(Object.entries(figures).map(([name, points]) => [`${id}/${name}`, points]));

export const createBackfill = ({ clock, log, history, resources }: Options) => {
  const monitors = new Map<string, Asker>();
  const tries = new Map<string, number>();
  const life = new AbortController();
  let position = 0;
  let cancel = (): void => undefined;
  let asking: Promise<void> = Promise.resolve();

  /** The next one of whom not all is known, looking at a bounded number of them. */
  const next = (): Candidate | undefined => {
    const all = [...monitors.values()].flatMap((monitor) => resources.told(monitor.channel).flatMap((resource) => (resource.template ? [] : [{ monitor, id: resource.id }])));
    if (all.length === 0) return undefined;
    const window = Array.from({ length: Math.min(LOOKED_AT, all.length) }, (_, index) => all[(position + index) % all.length]).flatMap((one) => one ?? []);
    const states = history.fill.states(window.map(({ id }) => id));
    const at = window.findIndex(({ id }) => states.get(id)?.next !== null);
    position = (position + (at < 0 ? window.length : at)) % all.length;
    const found = window[at];
    return found && { ...found, state: states.get(found.id) ?? { sinceMs: 0, next: undefined } };
  };

  const ask = async ({ monitor, id, state }: Candidate): Promise<number> => {
    const deadline = link(life.signal);
    const end = clock.after(
      DEADLINE_MS,
      () => deadline.abort(new JarvisError("upstream_timeout", { message: `${monitor.channel}: no past of ${id} within ${DEADLINE_MS / 1000} s` })),
      true,
    );
    const about: PastWanted = { resource: id, sinceMs: state.sinceMs, ...(typeof state.next === "string" ? { next: state.next } : {}) };
    try {
      const past = await monitor.backfill(about, deadline.signal);
      if (life.signal.aborted) return LATER_MS;
      if (past === undefined) {
        position += 1;
        return EVERY_MS;
      }
      history.fill.lay(seriesOf(past, id), past.stepSeconds, clock.now());
      history.fill.keep(id, { sinceMs: state.sinceMs, next: past.next ?? null });
      tries.delete(id);
      return EVERY_MS;
    } finally {
      end();
      deadline.unlink();
    }
  };

  /** Who cannot be asked is asked again, and in the end left alone: it is only the past. */
  const gaveUp = ({ monitor, id, state }: Candidate, thrown: unknown): number => {
    if (life.signal.aborted) return LATER_MS;
    const failures = (tries.get(id) ?? 0) + 1;
    const hopeless = thrown instanceof JarvisError && (thrown.type === "upstream_denied" || thrown.type === "not_found");
    log("debug", `${monitor.channel}: the past of ${id} could not be had: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    position += 1;
    if (!hopeless && failures < MOST_TRIES) {
      tries.set(id, failures);
      return AFTER_FAILURE_MS;
    }
    tries.delete(id);
    history.fill.keep(id, { sinceMs: state.sinceMs, next: null });
    return EVERY_MS;
  };

  const turn = async (): Promise<void> => {
    const candidate = next();
    plan(candidate === undefined ? LATER_MS : await ask(candidate).catch((thrown: unknown) => gaveUp(candidate, thrown)));
  };
  const plan = (afterMs: number): void => {
    if (life.signal.aborted) return;
    cancel = clock.after(
      afterMs * clock.rate,
      () => {
        asking = turn().catch((thrown: unknown) => {
          log("error", `the past could not be filled in: ${String(thrown)}`);
          plan(AFTER_FAILURE_MS);
        });
      },
      true,
    );
  };

  return {
    add(monitor: BoundMonitor): () => void {
      const { backfill } = monitor;
      if (backfill) monitors.set(monitor.channel, { ...monitor, backfill });
      return () => monitors.delete(monitor.channel);
    },
    start(): void {
      const newest = history.newest();
      if (newest !== undefined && clock.now() - newest > MISSED_MS) history.fill.reopen(newest);
      plan(FIRST_MS);
    },
    async stop(): Promise<void> {
      cancel();
      life.abort(new JarvisError("unavailable", { message: "stopping" }));
      await asking;
    },
  };
};

export type Backfill = ReturnType<typeof createBackfill>;
