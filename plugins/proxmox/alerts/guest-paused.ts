// A VM whose processors QEMU has stopped: by an input/output error, an error of its own, or a move or start that broke off. Somebody's own pause (`paused`, `suspended`) is a wish and never told. Pure.
import type { Alert } from "jarvis";
import type { GuestState } from "../monitors/guest/state.ts";
import { alertOf } from "./tell.ts";

interface Kind {
  readonly key: string;
  readonly severity: Alert["severity"];
  readonly cause: string;
  readonly afterSeconds: number;
  readonly what: string;
  readonly leads: string;
}

/** As long as a storage that is full or gone may take to be told of: then that is the root, and this its victim. */
const ROOT_S = 10;

const BROKEN: Kind = {
  key: "guest-broken",
  severity: "critical",
  cause: "crash",
  afterSeconds: 0,
  what: "is stopped by QEMU",
  leads: "nothing in it runs, though Proxmox counts it as running; look at its console before a reset",
};
const LEFT: Kind = {
  key: "guest-left-paused",
  severity: "warning",
  cause: "migration",
  afterSeconds: 240,
  what: "was left standing by a migration or start that broke off",
  leads: "it does nothing until it is resumed; make sure first that it runs nowhere else",
};
const KINDS: Readonly<Record<string, Kind>> = {
  "io-error": {
    key: "guest-io-error",
    severity: "critical",
    cause: "storage",
    afterSeconds: ROOT_S,
    what: "is paused by an input/output error",
    leads: "its storage is full or gone; make room there first, then resume it; a reset loses what is not written yet",
  },
  "internal-error": BROKEN,
  "guest-panicked": BROKEN,
  watchdog: BROKEN,
  postmigrate: LEFT,
  "finish-migrate": LEFT,
  inmigrate: LEFT,
  prelaunch: LEFT,
};

export const pausedAlert = (guest: GuestState): Alert | undefined => {
  const kind = KINDS[guest.status];
  if (kind === undefined) return undefined;
  // A running migration passes through these, and a backup of a stopped VM begins it in `prelaunch`.
  if (kind === LEFT && (guest.work !== undefined || guest.lock !== undefined)) return undefined;
  const { key, severity, cause, afterSeconds, what, leads } = kind;
  const needs = (guest.needs ?? []).join(", ");
  return alertOf({
    key,
    resource: `guest/${guest.vmid}`,
    severity,
    title: `${guest.name} on ${guest.node} ${what}`,
    why: `QEMU says ${guest.status}${afterSeconds > ROOT_S ? ` for ${afterSeconds / 60} min with no task at work` : ""}: ${leads}`,
    cause,
    afterSeconds,
    explains: "below",
    evidence: [
      { what: `status ${guest.status}`, source: "GET /cluster/resources" },
      ...(needs === "" ? [] : [{ what: `its disks lie on ${needs}`, source: `GET /nodes/${guest.node}/qemu/${guest.vmid}/config` }]),
    ],
  });
};
