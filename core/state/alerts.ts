// What is wrong now, from all monitors: level-triggered, compared with the reading before. A stale reading raises and ends nothing;
// an alert that asks to stand for a while first is raised when it has, and forgotten when it is gone before.
import type { Alert } from "../contract/resource.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { BoundMonitor } from "./bound.ts";
import type { StateStore } from "./store.ts";

export interface OpenAlert extends Alert {
  /** `channel#key#resource`. */
  id: string;
  plugin: string;
  channel: string;
}

interface Options {
  clock: Clock;
  store: StateStore;
  log: Log;
  /** Alerts that were open when the last run ended, by channel. */
  open?: readonly OpenAlert[];
  told: (change: { raised: OpenAlert[]; ended: OpenAlert[]; open: OpenAlert[]; channel: string }) => void;
}

/** A timer may fire a moment early. */
const SLACK_MS = 200;

const idOf = (channel: string, alert: Alert): string => `${channel}#${alert.key}#${alert.resource}`;

export const createAlerts = ({ clock, store, log, open: saved = [], told }: Options) => {
  const monitors = new Map<string, BoundMonitor>();
  const open = new Map<string, OpenAlert>(saved.map((alert) => [alert.id, alert]));
  /** Found, not yet raised: since when, by id. */
  const pending = new Map<string, number>();
  /** By channel: when the next of those will have stood long enough, however many there are. */
  const timers = new Map<string, { atMs: number; cancel: () => void }>();
  const ofChannel = (channel: string): OpenAlert[] => [...open.values()].filter((alert) => alert.channel === channel);

  const lookAt = (channel: string, atMs: number): void => {
    const known = timers.get(channel);
    if (known !== undefined && known.atMs <= atMs) return;
    known?.cancel();
    const look = (): void => {
      timers.delete(channel);
      again(channel);
    };
    timers.set(channel, { atMs, cancel: clock.after(atMs - clock.now(), look, true) });
  };

  /** Those that have stood long enough; the others are looked at again when they will have. */
  const ripe = (channel: string, found: readonly Alert[]): Alert[] => {
    const now = clock.now();
    let nextMs = Number.POSITIVE_INFINITY;
    const ids = new Set(found.map((alert) => idOf(channel, alert)));
    for (const id of pending.keys()) if (id.startsWith(`${channel}#`) && !ids.has(id)) pending.delete(id);
    const stood = found.filter((alert) => {
      const id = idOf(channel, alert);
      const waitMs = (alert.afterSeconds ?? 0) * 1000;
      if (open.has(id) || waitMs === 0) return true;
      const since = pending.get(id) ?? now;
      if (now - since >= waitMs) {
        pending.delete(id);
        return true;
      }
      pending.set(id, since);
      nextMs = Math.min(nextMs, since + waitMs + SLACK_MS);
      return false;
    });
    if (Number.isFinite(nextMs)) lookAt(channel, nextMs);
    return stood;
  };

  /** A stale reading proves nothing: what waited behind it waits for the next good one. */
  const again = (channel: string): void => {
    const reading = store.get(channel);
    if (reading && !reading.stale) judge(channel, reading.value, reading.value);
  };

  const judge = (channel: string, now: unknown, before: unknown): void => {
    const monitor = monitors.get(channel);
    if (!monitor?.alerts) return;
    let found: readonly Alert[];
    let absent: OpenAlert[];
    try {
      found = monitor.alerts(now, { before, open: ofChannel(channel) });
      const ids = new Set(found.map((alert) => idOf(channel, alert)));
      // What was not looked at is not over: after a start most has not been.
      absent = ofChannel(channel).filter((alert) => !ids.has(alert.id) && (monitor.knows?.(now, alert) ?? true));
    } catch (thrown) {
      log("error", `${channel}: its alerts threw: ${String(thrown)}`);
      return;
    }
    const present = new Map(ripe(channel, found).map((alert) => [idOf(channel, alert), { ...alert, id: idOf(channel, alert), channel, plugin: monitor.plugin }]));
    const ended = absent.filter((alert) => !present.has(alert.id));
    const raised = [...present.values()].filter((alert) => !open.has(alert.id));
    for (const alert of ended) open.delete(alert.id);
    for (const [id, alert] of present) open.set(id, alert);
    if (raised.length > 0 || ended.length > 0) told({ raised, ended, open: [...open.values()], channel });
  };

  store.on(({ channel, reading, before, operations }) => {
    if (reading.stale || (operations === undefined && !before?.stale)) return;
    judge(channel, reading.value, before?.value);
  });

  return {
    add(monitor: BoundMonitor): () => void {
      monitors.set(monitor.channel, monitor);
      return () => monitors.delete(monitor.channel);
    },
    list: (): OpenAlert[] => [...open.values()],
    /** Ends those nobody will ever judge again: `isOver` knows whose monitor has gone for good, of those that have none here. Answers them. */
    abandon(isOver: (alert: OpenAlert) => boolean): OpenAlert[] {
      const over = [...open.values()].filter((alert) => !monitors.has(alert.channel) && isOver(alert));
      for (const { id } of over) open.delete(id);
      return over;
    },
    /** A person or a diagnosis says this one is settled: it is raised anew only after it has been absent. */
    isOpen: (id: string): boolean => open.has(id),
  };
};
