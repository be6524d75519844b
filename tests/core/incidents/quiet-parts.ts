// What a tracker is handed in tests: a world in which everything exists, nothing is up, nobody answers and nobody acts. Each test says what is otherwise.
import type { TrackParts } from "../../../core/incidents/parts.ts";

export const quietParts: Omit<TrackParts, "clock" | "log" | "kept" | "records" | "feed" | "suspicion"> = {
  remedies: () => [],
  prescribe: async () => undefined,
  toolAt: () => undefined,
  exists: () => true,
  isUp: () => false,
  nameOf: (id) => id,
  countOf: () => 10,
  rootOf: () => undefined,
  victimsOf: () => [],
  isInside: () => false,
  recentActs: () => [],
  alerts: () => [],
  seen: () => true,
  refresh: async () => undefined,
  call: async () => ({ callId: "c", state: "refused", text: "" }),
  withdraw: () => undefined,
  callsOn: () => [],
  getCall: () => undefined,
  waitFor: () => new Promise(() => undefined),
};
