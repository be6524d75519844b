// Which node is asked: the first in the owner's order that stands well, the others in their turn, and back again when the first has recovered. Holds each one's health, sends nothing.
import type { FetchInit } from "jarvis";
import type { Config } from "../config.ts";

const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 600_000;
/** A message about a certificate has two fingerprints in it. */
const MAX_WORDS = 500;

export interface Endpoint {
  readonly origin: string;
  readonly tls: FetchInit["tls"] | undefined;
}

/** `untried`: never asked. `tls`: shows another certificate than the pinned one. `broken`: answers what no Proxmox answers. `alone`: it has no quorum, and another one has. */
export type Standing = "untried" | "well" | "unreachable" | "slow" | "tls" | "broken" | "alone";

export interface Health {
  origin: string;
  standing: Standing;
  /** Epoch ms: since when. */
  since?: number;
  /** What it said or did the last time it failed. */
  words?: string;
  /** Epoch ms: when it is asked again although another stands well. */
  againAt?: number;
}

/** `returning`: it failed a while ago and is tried once more; another one stands well. */
export interface Turn {
  readonly endpoint: Endpoint;
  readonly returning: boolean;
}

export interface Endpoints {
  /** For reads, never empty: those that may be asked in the owner's order, then those whose wait is not over. */
  order(now: number): readonly Turn[];
  /** For acts, never empty: an act never tries out whether an endpoint has recovered. */
  trusted(): readonly Endpoint[];
  failed(endpoint: Endpoint, now: number, standing: Standing, words: string): void;
  works(endpoint: Endpoint, now: number): void;
  health(): Health[];
}

interface Kept {
  readonly endpoint: Endpoint;
  standing: Standing;
  since: number | undefined;
  words: string;
  waitMs: number;
  againAt: number;
}

const isWell = (kept: Kept): boolean => kept.standing === "well" || kept.standing === "untried";

export const createEndpoints = (config: Pick<Config, "endpoints" | "fingerprints">, ca: string | undefined): Endpoints => {
  const pins = config.fingerprints ?? [];
  const all = config.endpoints.map((origin, index): Kept => {
    const fingerprint = pins[index] ?? pins[0];
    const tls = fingerprint !== undefined ? { fingerprint } : ca !== undefined ? { ca } : undefined;
    const endpoint = { origin, tls: origin.startsWith("https:") ? tls : undefined };
    return { endpoint, standing: "untried", since: undefined, words: "", waitMs: 0, againAt: 0 };
  });
  const keptOf = (endpoint: Endpoint): Kept | undefined => all.find((kept) => kept.endpoint === endpoint);
  const stand = (kept: Kept, now: number, standing: Standing): void => {
    if (kept.standing !== standing) kept.since = now;
    kept.standing = standing;
  };
  return {
    order(now) {
      const others = all.some(isWell);
      const due = all.filter((kept) => isWell(kept) || kept.againAt <= now);
      const waiting = all.filter((kept) => !due.includes(kept)).sort((a, b) => a.againAt - b.againAt);
      return [...due, ...waiting].map((kept) => ({ endpoint: kept.endpoint, returning: others && !isWell(kept) && kept.againAt <= now }));
    },
    trusted() {
      const rank = (kept: Kept): number => (kept.standing === "well" ? 0 : kept.standing === "untried" ? 1 : 2);
      return [...all].sort((a, b) => rank(a) - rank(b) || a.againAt - b.againAt).map((kept) => kept.endpoint);
    },
    failed(endpoint, now, standing, words) {
      const kept = keptOf(endpoint);
      if (!kept) return;
      stand(kept, now, standing);
      kept.words = words.slice(0, MAX_WORDS);
      kept.waitMs = Math.min(LONGEST_WAIT_MS, kept.waitMs === 0 ? FIRST_WAIT_MS : kept.waitMs * 2);
      kept.againAt = now + kept.waitMs;
    },
    works(endpoint, now) {
      const kept = keptOf(endpoint);
      if (!kept) return;
      stand(kept, now, "well");
      Object.assign(kept, { words: "", waitMs: 0, againAt: 0 });
    },
    health: () =>
      all.map(({ endpoint, standing, since, words, againAt }) => ({
        origin: endpoint.origin,
        standing,
        ...(since === undefined ? {} : { since }),
        ...(words === "" ? {} : { words, againAt }),
      })),
  };
};
