// When the stop was: by the line in which the unit ended, else between the last sight of the running guest and the first of the stopped one. Pure.

import type { GuestProbe, Line } from "../probe/guest.ts";
import { clusterTime, type StopTime } from "./about.ts";
import { endsUnit, sameUnit, startsUnit, type Unit } from "./units.ts";

/** A node tells its numbers every 10 s, so the last sight may be that old, and a little more. */
const ROUND_MS = 12_000;
const SLACK_MS = 2000;
/** Without any earlier sight: a tick, and a round before it. */
const UNSEEN_MS = 22_000;

export const stopOf = (probe: GuestProbe, openedAt: string): { stop: StopTime; lastStartMs: number | undefined } => {
  const unit: Unit = { kind: probe.guest.kind, vmid: probe.guest.vmid };
  const opened = clusterTime(probe, openedAt);
  const last = probe.clocks.lastRunningMs;
  const wide: StopTime = { fromMs: (last ?? opened - UNSEEN_MS + ROUND_MS) - ROUND_MS, toMs: Math.max(opened, last ?? opened) + SLACK_MS };
  const lines = (probe.journal?.lines ?? []).filter((line): line is Line & { at: number } => line.at !== undefined && line.at <= wide.toMs);
  const starts = lines.filter((line) => sameUnit(startsUnit(line), unit)).map((line) => line.at);
  const newest = lines.findLast((line) => sameUnit(startsUnit(line), unit) || sameUnit(endsUnit(line), unit));
  // It runs again by now (HA was quicker than we): the stop to explain is the one before that start.
  const isBack = probe.status?.word === "running" && newest !== undefined && sameUnit(startsUnit(newest), unit);
  const lastStartMs = (isBack ? starts.slice(0, -1) : starts).at(-1);
  const ends = lines.filter((line) => sameUnit(endsUnit(line), unit) && line.at >= (lastStartMs ?? 0) && line.at >= wide.fromMs - SLACK_MS);
  const [end] = ends;
  if (end === undefined) return { stop: wide, lastStartMs };
  return { stop: { fromMs: end.at, toMs: end.at + 999 }, lastStartMs };
};
