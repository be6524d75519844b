// What another alert explains opens no incident: it waits until its root is over or given up, and is then judged anew. Says so once in the root's record; never acts, never waits for itself.
import type { IncidentDetail } from "../contract/incident.ts";
import type { OpenAlert } from "../state/alerts.ts";
import type { TrackParts } from "./parts.ts";
import * as words from "./words.ts";

/** Three ticks: sources tell what they saw last, and their own sources do so too. */
const SETTLES_MS = 30_000;

interface Hands {
  openIncident: (alert: OpenAlert) => IncidentDetail | undefined;
  underway: (incident: IncidentDetail) => boolean;
  /** Told of an incident that ended as a part of another. */
  ended: (id: string) => void;
  /** It was meant: there is no incident of it, and none will be. */
  isMeant: (alert: OpenAlert) => boolean;
}

interface Waiting {
  root: OpenAlert;
  seenMs: number;
  told: boolean;
  /** Its root is gone, and it was read once more. */
  isRead: boolean;
}

export const createFolds = (parts: TrackParts, { openIncident, underway, ended, isMeant }: Hands) => {
  const { clock, records, feed } = parts;
  const waiting = new Map<string, Waiting>();

  /** Where its root is no incident because somebody wanted it so, the feed says why this is none either; what merely lies inside it goes without saying. */
  const tellMeant = (alert: OpenAlert, root: OpenAlert): void => {
    if (parts.isInside(alert.resource, root.resource)) return;
    feed.add({ kind: "notice", resource: alert.resource, words: words.byWish(parts.nameOf(alert.resource), parts.nameOf(root.resource), alert.title, root.title) });
  };

  /** Whether it stands in the record of its root now. */
  const tell = (alert: OpenAlert, root: OpenAlert): boolean => {
    const above = openIncident(root);
    if (above === undefined && isMeant(root)) tellMeant(alert, root);
    if (above === undefined) return isMeant(root);
    if (above.resource === alert.resource) return true;
    const victims = above.victims ?? [];
    const change = victims.includes(alert.resource) ? {} : { victims: [...victims, alert.resource] };
    records.note(above.id, "note", words.alsoHurt(parts.nameOf(alert.resource), alert.title), change);
    return true;
  };

  return {
    /** One that was opened before the root was seen ends as a part of it; one that is being acted on is let go on first. */
    fold(alert: OpenAlert, root: OpenAlert): void {
      const before = waiting.get(alert.id);
      const told = before?.root.id === root.id && before.told;
      const own = openIncident(alert);
      const isBusy = own !== undefined && underway(own);
      waiting.set(alert.id, { root, seenMs: clock.now(), told: isBusy ? told : told || tell(alert, root), isRead: false });
      if (own === undefined || isBusy) return;
      const text = words.partOf(root.title);
      records.note(own.id, "report", text, { status: "resolved", resolvedAt: clock.iso(), words: text, partOf: root.resource });
      parts.withdraw(own.id, text);
      ended(own.id);
    },

    /** It had a root, and has not been read anew since that went. */
    isWaiting: ({ id }: OpenAlert): boolean => waiting.get(id)?.isRead === false,
    /** Its root went a moment ago: what it is told by may be from before that. */
    isSettling: ({ id }: OpenAlert): boolean => clock.now() - (waiting.get(id)?.seenMs ?? 0) < SETTLES_MS,
    readAnew({ id }: OpenAlert): void {
      const known = waiting.get(id);
      if (known) known.isRead = true;
    },

    /** What it waited for in vain, if that still stands: said in its own record. */
    release(alert: OpenAlert): string | undefined {
      const known = waiting.get(alert.id);
      waiting.delete(alert.id);
      if (known === undefined || !parts.alerts().some(({ id }) => id === known.root.id)) return undefined;
      return words.judgedAnew(known.root.title);
    },

    forget: (id: string): void => void waiting.delete(id),
  };
};
