// What is known of the nodes' rounds: told by /cluster/metrics/export where there is one (seldom asked), else seen in the readings themselves. Places the readings; asks nothing itself.
import type { Answer } from "../client/memory.ts";
import { createCreep } from "./round-creep.ts";
import { bestPlace, nextTry, type Place, phaseOf, type Seen } from "./round-phase.ts";

const MINUTE_MS = 60_000;
/** pvestatd's rounds drift slowly, and a restart of one moves it. */
export const RELEARN_MS = 30 * MINUTE_MS;
/** A cluster without export, or that denies it, is asked again this seldom. */
const DENIED_MS = 360 * MINUTE_MS;
/** More samples than those of so many guests are not worth one place in the round. */
export const MOST_GUESTS = 1000;
const MOST_SEEN = 30;
/** Seconds are told whole on both sides, and a round takes its time. */
const TOLD_MARGIN_MS = 1200;
const SEEN_MARGIN_MS = 500;

export interface Rounds {
  /** Takes the shared answer of /cluster/resources; the same one twice counts once. */
  observe(answer: Answer): void;
  /** Whether export is to be asked now. */
  exportDue(nowMs: number): boolean;
  told(phases: ReadonlyMap<string, number>, nowMs: number): void;
  denied(nowMs: number): void;
  /** Where in the round to read next; undefined before the first answer. */
  offsetMs(): number | undefined;
  view(): { from: "export" | "readings" | "nothing yet"; phases: ReadonlyMap<string, number>; place: Place | undefined };
}

export const createRounds = (): Rounds => {
  const seen = new Map<string, Seen[]>();
  let lastMs: number | undefined;
  let learntMs: number | undefined;
  let phases: ReadonlyMap<string, number> = new Map();
  let from: "export" | "readings" | "nothing yet" = "nothing yet";
  let askMs = 0;
  let guests = 0;

  const creep = createCreep();

  const place = (): Place | undefined => bestPlace([...phases.values()], (from === "export" ? TOLD_MARGIN_MS : SEEN_MARGIN_MS) - creep.earlierMs());
  /** The node whose round the readings follow. */
  const leader = (): string | undefined => {
    const phaseMs = place()?.phaseMs;
    return [...phases].find(([, phase]) => phase === phaseMs)?.[0];
  };
  const settle = (now: ReadonlyMap<string, number>, source: "export" | "readings", nowMs: number): void => {
    phases = now;
    from = source;
    learntMs = nowMs;
    seen.clear();
    creep.restart();
    creep.follow(leader());
  };

  const learn = (nowMs: number): void => {
    const found = [...seen].map(([node, all]) => [node, phaseOf(all)] as const);
    const known = found.flatMap(([node, phase]) => (phase === undefined ? [] : [[node, phase] as const]));
    if (known.length === 0 || known.length < found.length) return;
    settle(new Map(known), "readings", nowMs);
  };

  return {
    observe({ at, entries }) {
      if (at === lastMs) return;
      lastMs = at;
      guests = entries.filter((entry) => entry.vmid !== undefined).length;
      if (learntMs !== undefined && at - learntMs < RELEARN_MS) return creep.observe({ at, entries });
      for (const { type, node, status, uptime } of entries) {
        if (type !== "node" || node === undefined) continue;
        const all = seen.get(node) ?? [];
        const rebooted = uptime !== undefined && uptime < (all.at(-1)?.uptimeSeconds ?? 0);
        if (status !== "online" || uptime === undefined || uptime <= 0) seen.delete(node);
        else seen.set(node, [...(rebooted ? [] : all.slice(1 - MOST_SEEN)), { atMs: at, uptimeSeconds: uptime }]);
      }
      learn(at);
    },
    exportDue: (nowMs) => lastMs !== undefined && guests <= MOST_GUESTS && nowMs >= askMs,
    told(now, nowMs) {
      askMs = nowMs + RELEARN_MS;
      if (now.size > 0) settle(now, "export", nowMs);
    },
    denied(nowMs) {
      askMs = nowMs + DENIED_MS;
    },
    offsetMs() {
      if (lastMs === undefined) return undefined;
      const stale = learntMs === undefined || lastMs - learntMs >= RELEARN_MS;
      return stale ? nextTry(lastMs) : place()?.offsetMs;
    },
    view: () => ({ from, phases, place: place() }),
  };
};
