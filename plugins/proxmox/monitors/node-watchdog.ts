// Whether a node that is away reset itself: one with HA services at work and no quorum for a minute is reset by its watchdog, by design, and boots; the lost quorum was told as the root of that. Holds when quorum was missed; asks nothing.
import type { Entry } from "../shapes/resources.ts";

/** The watchdog waits 60 s; what is seen of it begins and ends up to a reading late. */
const LEAST_MS = 40_000;
/** A node is missed a reading earlier or later than quorum. */
const AROUND_MS = 30_000;
/** HA does nothing for these. */
const IDLE = new Set(["ignored", "disabled", "stopped"]);

export interface Watchdogs {
  /** Whether the cluster is quorate, at every reading. */
  see(quorate: boolean, nowMs: number): void;
  /** Epoch ms at which quorum came back without it, when the lost quorum is why `node` is away since then. */
  resetAt(node: string, sinceMs: number, entries: readonly Entry[]): number | undefined;
}

export const createWatchdogs = (): Watchdogs => {
  let lost: { from: number; to: number } | undefined;
  let wasQuorate = true;
  return {
    see(quorate, nowMs) {
      if (!quorate) lost = { from: wasQuorate ? nowMs : (lost?.from ?? nowMs), to: nowMs };
      else if (!wasQuorate && lost !== undefined) lost = { from: lost.from, to: nowMs };
      wasQuorate = quorate;
    },
    resetAt(node, sinceMs, entries) {
      if (lost === undefined || !wasQuorate || lost.to - lost.from < LEAST_MS) return undefined;
      if (sinceMs < lost.from - AROUND_MS || sinceMs > lost.to + AROUND_MS) return undefined;
      const isArmed = entries.some((entry) => entry.node === node && entry.vmid !== undefined && entry.hastate !== undefined && !IDLE.has(entry.hastate));
      return isArmed ? lost.to : undefined;
    },
  };
};
