// What plugins keep and what they may see of past incidents, as closures over the store: without secrets and with nothing hidden, before it is on disk. Decides nothing.
import type { HostFaces, RecordFaces } from "../host/faces.ts";
import type { Clock } from "../lib/clock.ts";
import type { Redactor } from "../lib/redact.ts";
import { pastIncidents } from "../store/incidents.ts";
import type { OpenDatabase } from "../store/open.ts";
import { createRecordStore } from "../store/records.ts";
import { clean } from "./cleaned.ts";

const [DAY_MS, DAYS, MOST] = [86_400_000, 30, 50];

interface Parts {
  db: OpenDatabase;
  redact: Redactor;
  clock: Pick<Clock, "now">;
}

export const recordFaces = ({ db, redact, clock }: Parts): RecordFaces => {
  const store = createRecordStore(db);
  return {
    ...store,
    put: (plugin, words, id) => store.put(plugin, { ...words, ...clean(redact, { text: words.text, about: words.about }) }, id),
    search: (plugin, query) => store.search(plugin, query, clock.now()),
  };
};

export const pastFace =
  ({ db, clock }: Pick<Parts, "db" | "clock">): NonNullable<HostFaces["incidents"]> =>
  ({ resource, days = DAYS, limit = MOST }) =>
    pastIncidents(db, { ...(resource === undefined ? {} : { resource }), since: new Date(clock.now() - days * DAY_MS).toISOString(), limit });
