// A storage that is enabled and cannot be reached, or that hangs whoever touches it. None: one restricted to other nodes (it is not listed there), one switched off (`enabled` is 0), one of a node that is off or booting.
import type { Alert } from "jarvis";
import type { StorageState, Trouble } from "../monitors/store-state.ts";
import { alertOf } from "./tell.ts";

/** A server that restarts is back before. */
const STANDS_S = 30;

export const REACH_KEYS: ReadonlySet<string> = new Set(["storage-hung", "storage-offline"]);

const holdsGuests = ({ content = "" }: StorageState): boolean => /\b(?:images|rootdir)\b/.test(content);
const listed = (names: readonly string[]): string => (names.length > 4 ? `${names.slice(0, 4).join(", ")} and ${names.length - 4} more` : names.join(", "));

const LEADS = {
  guests: "guests whose disks are on it stall with I/O errors and cannot be started",
  backups: "no backup can be written to it or restored from it until it is back",
  rest: "what lies on it (ISOs, templates, backups) cannot be used",
} as const;

const leadsTo = (storage: StorageState): string => {
  if (holdsGuests(storage)) return LEADS.guests;
  return storage.content?.includes("backup") ? LEADS.backups : LEADS.rest;
};

export const reachAlert = (id: string, storage: StorageState): Alert | undefined => {
  const troubles = Object.entries(storage.troubles ?? {});
  const hung = troubles.filter(([, { state }]) => state === "hung");
  const chosen: [string, Trouble][] = hung.length > 0 ? hung : troubles;
  if (chosen.length === 0) return undefined;
  const away = chosen.map(([node]) => node);
  const everywhere = troubles.length >= storage.nodes.length;
  const where = everywhere && storage.shared ? "every node" : listed(away);
  const evidence = chosen.map(([node, { words, at }]) => ({ what: words, source: `GET /nodes/${node}/storage/${storage.name}/status`, at }));
  const root = everywhere ? { explains: true } : {};
  if (hung.length > 0)
    return alertOf({
      key: "storage-hung",
      resource: id,
      severity: "critical",
      title: `${storage.name} hangs on ${where}`,
      why: `whatever touches it waits without end, and the status of ${where === "every node" ? "all nodes" : where} stands still with it; ${leadsTo(storage)}. Nothing is forced: the mount comes back when its server does`,
      cause: "storage",
      evidence,
      ...root,
    });
  return alertOf({
    key: "storage-offline",
    resource: id,
    severity: holdsGuests(storage) ? "critical" : "warning",
    title: `${storage.name} is offline on ${where}`,
    why: `it is enabled there and not active for ${STANDS_S} s, while ${everywhere ? "the nodes themselves are" : "the node itself is"} up: ${leadsTo(storage)}`,
    cause: "storage",
    afterSeconds: STANDS_S,
    evidence,
    ...root,
  });
};
