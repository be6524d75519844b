// What every rule of a diagnosis is told, and how a finding becomes a cause. Pure.
import type { Cause, Evidence } from "jarvis";
import type { GuestProbe } from "../probe/guest.ts";

const MAX_WORDS = 1000;
const MAX_EVIDENCE = 20;

/** One of our own calls on the target; `at`: ISO time of our clock. */
export interface Ours {
  tool: string;
  at: string;
  upid?: string;
}

/** When the stop was, in ms of the cluster's clock: between the two; the same when the journal tells it. */
export interface StopTime {
  fromMs: number;
  toMs: number;
}

export interface About {
  probe: GuestProbe;
  stop: StopTime;
  /** The last start before the stop, where the journal tells it. */
  lastStartMs: number | undefined;
  ours: readonly Ours[];
}

export type Finding = Omit<Cause, "evidence"> & { evidence: Evidence[] };

export const cause = (finding: Finding): Cause => ({
  ...finding,
  words: finding.words.slice(0, MAX_WORDS),
  evidence: finding.evidence.slice(0, MAX_EVIDENCE).map((piece) => ({ ...piece, what: piece.what.slice(0, MAX_WORDS), source: piece.source.slice(0, 300) })),
});

/** ISO time of our clock for a time of the cluster's. */
export const ourTime = (probe: GuestProbe, clusterMs: number): string => new Date(clusterMs - (probe.clocks.clusterMs - probe.clocks.oursMs)).toISOString();
export const clusterTime = (probe: GuestProbe, iso: string): number => Date.parse(iso) + (probe.clocks.clusterMs - probe.clocks.oursMs);
