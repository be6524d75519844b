// Nodes that are back and still told by their last round from before they went: Proxmox keeps that for five minutes, so a guest that is called running, or stopped, there may be neither by now. Holds what each told last; asks nothing.
import type { Entry } from "../../shapes/resources.ts";

/** A round is ten seconds, and an answer up to two older. */
const LAGS_MS = 25_000;
/** Longer than any node takes to its first round. */
const MOST_MS = 60_000;

interface Told {
  uptimeSeconds: number;
  atMs: number;
}

export interface Returns {
  /** Takes one answer; names the nodes whose numbers are not theirs yet. */
  see(entries: readonly Entry[], nowMs: number): ReadonlySet<string>;
}

/** Neither begun anew nor run on: it stands where it stood. */
const stands = (told: Told, uptimeSeconds: number, nowMs: number): boolean =>
  uptimeSeconds >= told.uptimeSeconds && nowMs - told.atMs - (uptimeSeconds - told.uptimeSeconds) * 1000 > LAGS_MS;

export const createReturns = (): Returns => {
  const last = new Map<string, Told>();
  /** Those that were away, and since when they are back. */
  const away = new Map<string, number | undefined>();

  const isOld = (node: string, uptimeSeconds: number, nowMs: number): boolean => {
    if (!away.has(node)) return false;
    const backMs = away.get(node) ?? nowMs;
    away.set(node, backMs);
    const told = last.get(node);
    return told !== undefined && nowMs - backMs <= MOST_MS && stands(told, uptimeSeconds, nowMs);
  };

  return {
    see(entries, nowMs) {
      const nodes = entries.flatMap(({ type, node, status, uptime }) => (type === "node" && node !== undefined ? [{ node, status, uptime }] : []));
      const named = new Set(nodes.map(({ node }) => node));
      for (const map of [last, away]) for (const node of map.keys()) if (!named.has(node)) map.delete(node);
      const old = new Set<string>();
      for (const { node, status, uptime } of nodes) {
        if (status === "offline") away.set(node, undefined);
        else if (status === "online" && uptime !== undefined) {
          if (isOld(node, uptime, nowMs)) old.add(node);
          else {
            away.delete(node);
            last.set(node, { uptimeSeconds: uptime, atMs: nowMs });
          }
        }
      }
      return old;
    },
  };
};
