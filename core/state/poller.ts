// The one poller: runs every monitor at its place in the interval or with jitter, with a deadline and back-off; faster only while watched. Tells how each attempt went.
import { JarvisError } from "../contract/error.ts";
import type { Clock } from "../lib/clock.ts";
import { link } from "../lib/link.ts";
import type { Log } from "../lib/log.ts";
import type { BoundMonitor } from "./bound.ts";
import { untilPlace } from "./place.ts";
import type { Source } from "./sources.ts";
import type { StateStore } from "./store.ts";

interface Options {
  clock: Clock;
  store: StateStore;
  log: Log;
  /** Told after each attempt: how its plugin's monitors stand. */
  standing?: (source: Source) => void;
  /** Whether a channel has readers when its monitor is added; later changes come by `watching`. */
  isWatched?: (channel: string) => boolean;
  random?: () => number;
}

interface Runner {
  readonly plugin: string;
  readonly channel: string;
  refresh: () => Promise<void>;
  /** Its source was seen to answer: drops the back-off and reads in `afterMs`; true when there was one to drop. */
  again: (afterMs: number) => boolean;
  watch: (yes: boolean) => void;
  stop: () => Promise<void>;
}

const LONGEST_BACKOFF = 6;
const JITTER_SHARE = 0.05;
/** What is read again after an outage comes one after the other: the source has just come back. */
const APART_MS = 300;

const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 500);

export const createPoller = ({ clock, store, log, standing, isWatched = () => false, random = Math.random }: Options) => {
  const running = new Map<string, Runner>();

  /** One answer proves that the source is back: what else it feeds does not wait out a back-off any more. */
  const answers = ({ plugin, channel }: BoundMonitor): void => {
    let waiting = 0;
    for (const runner of running.values()) if (runner.plugin === plugin && runner.channel !== channel && runner.again(waiting * APART_MS)) waiting += 1;
  };

  const start = (monitor: BoundMonitor): Runner => {
    const life = new AbortController();
    let failures = 0;
    let watched = isWatched(monitor.channel);
    let cancel = (): void => undefined;
    let inFlight: Promise<void> | undefined;
    let streaming: Promise<void> = Promise.resolve();
    let nap: AbortController | undefined;

    /** What a function of others answers, or `otherwise` when it throws: nobody waits for this runner's promises, and one that is refused would end the process. */
    const told = <T>(what: string, ask: () => T, otherwise: T): T => {
      try {
        return ask();
      } catch (thrown) {
        log("error", `${monitor.channel}: its ${what} threw: ${wordsOf(thrown)}`);
        return otherwise;
      }
    };
    const remarked = (): Pick<Source, "remark"> => (monitor.remark ? { remark: told("remark", () => monitor.remark?.() ?? null, null) } : {});

    /** Who only hears how it went changes nothing about how it went. */
    const stands = (source: Source): void => told("standing", () => standing?.(source), undefined);

    const succeeded = (value: unknown): void => {
      const parsed = monitor.schema.safeParse(value);
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        failed(new JarvisError("upstream_garbage", { message: `${monitor.channel}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "does not fit"}` }));
        return;
      }
      const isBack = failures > 0;
      failures = 0;
      store.accept(monitor.channel, parsed.data);
      stands({ channel: monitor.channel, plugin: monitor.plugin, ok: true, words: "fresh", ...remarked() });
      if (isBack) answers(monitor);
    };

    const failed = (thrown: unknown): void => {
      if (life.signal.aborted) return;
      failures += 1;
      const words = wordsOf(thrown);
      told("last reading", () => store.fail(monitor.channel, words), undefined);
      stands({ channel: monitor.channel, plugin: monitor.plugin, ok: false, words });
    };

    const readOnce = async (): Promise<void> => {
      const deadline = link(life.signal);
      const end = clock.after(monitor.deadlineMs, () =>
        deadline.abort(new JarvisError("upstream_timeout", { message: `no answer within ${Math.round(monitor.deadlineMs / 1000)} s` })),
      );
      const { signal } = deadline;
      const cut = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
      try {
        succeeded(await Promise.race([monitor.read(signal), cut]));
      } catch (thrown) {
        failed(thrown);
      } finally {
        end();
        deadline.unlink();
      }
    };

    const refresh = (): Promise<void> => {
      inFlight ??= readOnce().finally(() => {
        inFlight = undefined;
        plan();
      });
      return inFlight;
    };

    /** Undefined where any time is as good as another. */
    const placed = (): number | undefined => {
      if (failures > 1 || (watched && monitor.watchedMs !== undefined)) return undefined;
      const offsetMs = told("place in the interval", () => monitor.placeMs?.(), undefined);
      return offsetMs === undefined ? undefined : untilPlace(clock.now(), monitor.everyMs, offsetMs);
    };

    const plan = (): void => {
      cancel();
      if (life.signal.aborted) return;
      const base = watched && monitor.watchedMs !== undefined ? monitor.watchedMs : monitor.everyMs * (watched ? 1 : told("pace", () => monitor.pace?.() ?? 1, 1));
      const backedOff = failures > 1 ? base * Math.min(LONGEST_BACKOFF, 2 ** (failures - 1)) : base;
      cancel = clock.after(placed() ?? backedOff * (1 + (random() - 0.5) * 2 * JITTER_SHARE), () => void refresh(), true);
    };

    const stream = async (): Promise<void> => {
      if (!monitor.watch) return;
      for (let attempt = 0; !life.signal.aborted; attempt += 1) {
        try {
          await monitor.watch((value) => {
            attempt = 0;
            succeeded(value);
          }, life.signal);
        } catch (thrown) {
          if (life.signal.aborted) return;
          log("debug", `${monitor.channel}: its stream ended: ${wordsOf(thrown)}`);
        }
        const rest = link(life.signal);
        nap = rest;
        await clock.pause(Math.min(30_000, 500 * 2 ** Math.min(attempt, 6)) * (0.75 + random() / 2), rest.signal).catch(() => undefined);
        nap = undefined;
        rest.unlink();
        if (!life.signal.aborted) await refresh();
      }
    };

    void refresh();
    streaming = stream();
    return {
      plugin: monitor.plugin,
      channel: monitor.channel,
      refresh,
      again(afterMs: number): boolean {
        nap?.abort(new Error("the source answers again"));
        if (failures === 0 || inFlight) return false;
        failures = 1;
        cancel();
        if (afterMs === 0) void refresh();
        else cancel = clock.after(afterMs, () => void refresh(), true);
        return true;
      },
      watch(yes: boolean): void {
        if (watched === yes) return;
        watched = yes;
        if (monitor.watchedMs !== undefined && !inFlight) plan();
      },
      async stop(): Promise<void> {
        cancel();
        life.abort(new JarvisError("unavailable", { message: "stopping" }));
        await Promise.allSettled([inFlight, streaming]);
      },
    };
  };

  return {
    add(monitor: BoundMonitor): () => Promise<void> {
      const runner = start(monitor);
      running.set(monitor.channel, runner);
      return async () => {
        running.delete(monitor.channel);
        await runner.stop();
      };
    },
    /** Reads now, or joins the reading in flight. */
    refresh: (channel: string): Promise<void> => running.get(channel)?.refresh() ?? Promise.resolve(),
    channels: (): string[] => [...running.keys()].sort(),
    watching: (channel: string, yes: boolean): void => running.get(channel)?.watch(yes),
    async stop(): Promise<void> {
      await Promise.all([...running.values()].map((runner) => runner.stop()));
      running.clear();
    },
  };
};

export type Poller = ReturnType<typeof createPoller>;
