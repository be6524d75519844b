// A storm of alerts: few are looked at for themselves at once, the gravest first; when too many wait they are one incident that lists them, until it has calmed and each that still stands gets its turn. Decides who may be looked at; acts on nothing.
import type { Cause } from "../contract/cause.ts";
import type { OpenAlert } from "../state/alerts.ts";
import type { TrackParts } from "./parts.ts";
import { bounded } from "./scene.ts";
import * as words from "./storm-words.ts";

/** The alert behind the incident of a storm; no monitor's. */
export const STORM_ALERT = "core/storm#storm#house/all";

/** So many are begun at once, and of these so many that are not critical; with the storm's own that is at most five incidents. */
const [AT_ONCE, LESSER_AT_ONCE] = [4, 2];
/** Without a storm a place is free again after this. */
const BURST_MS = 12_000;
/** What comes in ten seconds is seen in two readings, and a house that has it hard answers late: what was begun so long before a storm was its first. */
const EVE_MS = 60_000;
/** More than so many that wait are a storm; so many or fewer that are left are told one by one. */
const MOST_WAITING = 20;
/** Beyond so many open incidents (for critical ones twice that) nobody reads another: what comes then is listed too, once it has waited for this long. */
const [MOST_OPEN, LONGEST_WAIT_MS] = [30, 60_000];
/** So long without another one, and it has calmed. */
const CALM_MS = 60_000;
const MOST_LISTED = 500;

interface Place {
  readonly atMs: number;
  readonly isCritical: boolean;
}

interface Storm {
  readonly id: string;
  readonly sinceMs: number;
  newestMs: number;
  /** All that were ever in it, in this run. */
  readonly seen: Set<string>;
  /** What it listed when this run began. */
  readonly before: ReadonlySet<string>;
  listed: string;
  isCalm: boolean;
}

export const graver = (a: OpenAlert, b: OpenAlert): number => Number(b.severity === "critical") - Number(a.severity === "critical");

interface StormParts extends Pick<TrackParts, "clock" | "records" | "feed" | "nameOf"> {
  /** How many alerts stand that were neither left alone nor are another's victims. */
  readonly standing: () => number;
}

export const createStorm = ({ clock, records, feed, nameOf, standing }: StormParts) => {
  const places = new Map<string, Place>();
  const waiting = new Map<string, { alert: OpenAlert; sinceMs: number }>();
  const before = records.openOnes().find(({ alert }) => alert === STORM_ALERT);
  let storm: Storm | undefined =
    before === undefined
      ? undefined
      : {
          id: before.id,
          sinceMs: Date.parse(before.openedAt),
          newestMs: clock.now(),
          seen: new Set(),
          before: new Set(before.victims),
          listed: "",
          isCalm: before.status === "escalated",
        };

  // What stood for itself before a restart still does.
  if (storm !== undefined)
    for (const { alert, severity } of records.openOnes()) if (alert !== STORM_ALERT) places.set(alert, { atMs: clock.now(), isCritical: severity === "critical" });

  /** Comes after a storm that has calmed and only stays for what nobody ended: no part of it. */
  const isAfter = (now: Storm, { id, resource, severity }: OpenAlert): boolean => now.isCalm && !now.seen.has(id) && (severity === "critical" || !now.before.has(resource));

  /** More have come than will be looked at one by one: it is a storm as soon as all of them were asked about. */
  const isComing = (): boolean => standing() - places.size > MOST_WAITING;

  /** In a storm, and for what came with it, a place is taken as long as its alert stands. */
  const taken = (alert: OpenAlert): Place[] => {
    const fromMs = storm === undefined || isAfter(storm, alert) ? clock.now() - BURST_MS : storm.sinceMs - EVE_MS;
    return [...places.values()].filter(({ atMs }) => atMs > fromMs);
  };

  const hasRoom = (alert: OpenAlert): boolean => {
    const isCritical = alert.severity === "critical";
    const now = taken(alert);
    if (storm === undefined && now.length < AT_ONCE && isComing()) now.push(...[...places.values()].filter((place) => place.atMs > clock.now() - EVE_MS && !now.includes(place)));
    const others = records.openOnes().length - (storm === undefined ? 0 : 1);
    if (others >= (isCritical ? 2 * MOST_OPEN : MOST_OPEN)) return false;
    return now.length < AT_ONCE && (isCritical || now.filter((place) => !place.isCritical).length < LESSER_AT_ONCE);
  };

  const listOf = () => [...waiting.values()].map(({ alert }) => alert).sort(graver);
  const victimsNow = (list: readonly OpenAlert[]): string[] => [...new Set(list.map(({ resource }) => resource))].slice(0, MOST_LISTED);
  const sceneOf = (list: readonly OpenAlert[]): Record<string, string> =>
    bounded({ "what is wrong": list.map(({ resource, severity, title }) => `${severity}: ${nameOf(resource)} (${resource}): ${title}`).join("\n") });

  const begin = (): void => {
    const list = listOf();
    const cause: Cause = { kind: "storm", words: words.cause(list.length), evidence: [], verdict: "unclear" };
    const alert: OpenAlert = { id: STORM_ALERT, key: "storm", resource: "house/all", severity: "critical", title: words.TITLE, plugin: "core", channel: "core/storm" };
    const { id } = records.open(alert, words.NAME, cause, { scene: sceneOf(list), detectedAt: clock.iso(), victims: victimsNow(list) });
    storm = { id, sinceMs: clock.now(), newestMs: clock.now(), seen: new Set(waiting.keys()), before: new Set(), listed: [...waiting.keys()].sort().join(), isCalm: false };
    feed.add({ kind: "found", incident: id, words: words.begun(list.map(({ title }) => title)), cause: { kind: cause.kind, words: cause.words, evidence: [] } });
  };

  /** The record lists those that wait now. */
  const list = (now: Storm): void => {
    const ids = [...waiting.keys()].sort().join();
    if (ids === now.listed) return;
    now.listed = ids;
    const all = listOf();
    records.revise(now.id, { victims: victimsNow(all), scene: sceneOf(all), words: words.standing(all.length) });
  };

  const end = (now: Storm): void => {
    const text = words.over(now.seen.size, waiting.size, clock.now() - now.sinceMs);
    records.note(now.id, "report", text, { status: "resolved", resolvedAt: clock.iso(), words: text, victims: [] });
    feed.add({ kind: "notice", incident: now.id, words: text });
    storm = undefined;
  };

  /** It is quiet, and too many still stand to be told one by one. */
  const stay = (now: Storm): void => {
    if (now.isCalm) return;
    now.isCalm = true;
    const text = words.calm(waiting.size, now.id);
    records.note(now.id, "report", text, { status: "escalated", words: text });
    feed.add({ kind: "notice", incident: now.id, words: text });
  };

  return {
    /** May this one be looked at for itself now? Who may, may until it is over. */
    admits(alert: OpenAlert): boolean {
      if (places.has(alert.id)) return true;
      const isCritical = alert.severity === "critical";
      if (hasRoom(alert)) {
        places.set(alert.id, { atMs: clock.now(), isCritical });
        waiting.delete(alert.id);
        return true;
      }
      if (!waiting.has(alert.id)) waiting.set(alert.id, { alert, sinceMs: clock.now() });
      if (storm !== undefined && !storm.seen.has(alert.id)) {
        storm.seen.add(alert.id);
        storm.newestMs = clock.now();
      }
      return false;
    },

    /** It is over, or stands for itself no more. */
    left(id: string): void {
      places.delete(id);
      waiting.delete(id);
    },

    /** To be called after alerts were looked at: begins, lists and ends a storm. */
    look(): void {
      const nowMs = clock.now();
      const isStuck = records.openOnes().length >= MOST_OPEN && [...waiting.values()].some(({ sinceMs }) => nowMs - sinceMs > LONGEST_WAIT_MS);
      if (storm === undefined && (waiting.size > MOST_WAITING || isStuck)) begin();
      if (storm === undefined) return;
      list(storm);
      if (nowMs - storm.newestMs < CALM_MS) return;
      const fits = records.openOnes().length - 1 + waiting.size <= MOST_OPEN;
      if (waiting.size === 0 || (waiting.size <= MOST_WAITING && fits)) end(storm);
      else stay(storm);
    },
  };
};
