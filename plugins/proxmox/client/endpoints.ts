// Which node is asked: one as long as it answers, the next when it does not. Holds the choice, sends nothing.
import type { FetchInit } from "jarvis";
import type { Config } from "../config.ts";

export interface Endpoint {
  readonly origin: string;
  readonly tls: FetchInit["tls"] | undefined;
}

export interface Endpoints {
  /** All of them, the one in use first. */
  order(): readonly Endpoint[];
  /** `endpoint` failed: the one after it is used from now on, unless somebody already moved on. */
  failed(endpoint: Endpoint): void;
  works(endpoint: Endpoint): void;
}

export const createEndpoints = (config: Pick<Config, "endpoints" | "fingerprints">, ca: string | undefined): Endpoints => {
  const pins = config.fingerprints ?? [];
  const all = config.endpoints.map((origin, index): Endpoint => {
    const fingerprint = pins[index] ?? pins[0];
    const tls = fingerprint !== undefined ? { fingerprint } : ca !== undefined ? { ca } : undefined;
    return { origin, tls: origin.startsWith("https:") ? tls : undefined };
  });
  let current = 0;
  return {
    order: () => [...all.slice(current), ...all.slice(0, current)],
    failed(endpoint) {
      if (all[current] === endpoint) current = (current + 1) % all.length;
    },
    works(endpoint) {
      current = Math.max(0, all.indexOf(endpoint));
    },
  };
};
